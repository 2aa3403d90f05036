"""The sentences of cards and pages."""

from __future__ import annotations

from dataclasses import dataclass

SEES = (
    "The agent sees the cells around it, 9x9 in daylight and 7x7 in the dark, and remembers what "
    "it saw: it knows the direction and distance of the nearest tree, stone, iron, diamond, table "
    "and animal in sight or remembered, what is in front, and what it has."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences that depend on the kind of task."""

    goal: str
    ends: str
    about: str
    hazards: tuple[str, ...] = ()


_LAVA = "Stepping into lava ends the episode in failure."
_SPENT = "Trees do not grow again, and what was made cannot be unmade."
_STONES = "A stone can be placed and collected again any number of times."

WORDS = {
    "tree": Words(
        goal="Find a tree, walk up to it without stepping into lava, and face it.",
        ends="Ends when a tree is in front, in lava (failure), or at the horizon.",
        about="Trees are rare: the agent first has to look for one. Stages: a tree seen, within 8"
        " steps, within 4 steps, in front.",
        hazards=(_LAVA,),
    ),
    "animal": Words(
        goal="Find an animal, walk up to it and hit it until it is dead, for its meat.",
        ends="Ends when there is meat in hand, in lava (failure), or at the horizon.",
        about="An animal takes three hits, wanders, flees for a few steps after each hit, and"
        " heals one hit now and then. Stages: seen, next to it, hurt, dead.",
        hazards=(_LAVA, "A hurt animal that is left alone heals and can be hit again."),
    ),
    "pickaxe": Words(
        goal="Collect wood from trees, make planks of it, place a table and make a wooden pickaxe "
        "next to it.",
        ends="Ends when there is a wooden pickaxe, in lava (failure), or at the horizon.",
        about="Two wood make the four planks that table and pickaxe take. Stages: wood, planks,"
        " table, pickaxe.",
        hazards=(_LAVA, _SPENT),
    ),
    "stone": Words(
        goal="Collect wood, make planks, a table and a wooden pickaxe, collect stone with it and "
        "make a stone pickaxe next to a table.",
        ends="Ends when there is a stone pickaxe, in lava (failure), or at the horizon.",
        about="Stages: wood, planks, table, wooden pickaxe, stone, stone pickaxe.",
        hazards=(_LAVA, _SPENT, _STONES),
    ),
    "iron": Words(
        goal="Make a wooden pickaxe, then a stone pickaxe, dig for iron with it in the dark "
        "mountain, and make an iron pickaxe next to a table.",
        ends="Ends when there is an iron pickaxe, in lava (failure), or at the horizon.",
        about="Stages: wood, planks, table, wooden pickaxe, stone, stone pickaxe, iron, iron"
        " pickaxe.",
        hazards=(_LAVA, _SPENT, _STONES),
    ),
    "diamond": Words(
        goal="Make a wooden, a stone and an iron pickaxe, one after the other, and dig for a "
        "diamond deep in the dark mountain without stepping into lava.",
        ends="Ends when there is a diamond in hand, in lava (failure), or at the horizon.",
        about="Stages: wood, planks, table, wooden pickaxe, stone, stone pickaxe, iron, iron"
        " pickaxe, diamond.",
        hazards=(_LAVA, _SPENT, _STONES),
    ),
    "cave": Words(
        goal="Dig down from near the rim of the dark mountain with an iron pickaxe, find a diamond "
        "among lava and collect it.",
        ends="Ends when there is a diamond in hand, in lava (failure), or at the horizon.",
        about="The episode begins in the dark, with an iron pickaxe. Diamonds lie deep. A stone "
        "placed on lava makes it safe. Stages: deep, a diamond seen, next to it, in hand.",
        hazards=(_LAVA, _STONES),
    ),
}

ABOUT = """\
A world of our own, 32 x 32 cells, drawn anew for each episode: grass with trees, ponds and
animals, and below it a mountain of stone with tunnels, ores and lava. The tasks are modelled on
those of Auto MC-Reward in Minecraft: approaching a tree, approaching an animal, exploring for a
diamond underground, and obtaining a diamond through the chain of tools (Li et al., "Auto
MC-Reward: Automated Dense Reward Design with Large Language Models for Minecraft", CVPR 2024).
Seen from above, with collecting, placing and making as single actions, it is close to Crafter
(Hafner, "Benchmarking the Spectrum of Agent Capabilities", ICLR 2022), whose rules it does not
copy. Its numbers cannot be compared with those of either.

A move turns the agent and takes it one cell further where it can. Trees give wood by hand and are
gone then; stone takes a wooden pickaxe, iron a stone one, diamonds an iron one. A table is placed
on the cell in front; pickaxes are made while one is among the eight cells around. Hands hold at
most 9 of a kind; what is collected beyond that is lost. The mountain is dark: one sees 3 cells far
in it instead of 4. Every world can be solved without touching lava."""
"""What a reader of any of these pages should know beyond the card."""
