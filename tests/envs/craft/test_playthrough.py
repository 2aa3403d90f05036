"""Whole games that a human can read: a map, what is done, what is in hand, what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alignenv.envs.craft.cells import ITEMS
from alignenv.envs.craft.core import CraftCore
from alignenv.envs.craft.generate import draw_map

WORDS = {
    "north": 0,
    "east": 1,
    "south": 2,
    "west": 3,
    "collect": 4,
    "stone": 5,
    "table": 6,
    "planks": 7,
    "wooden": 8,
    "stone-pickaxe": 9,
    "iron-pickaxe": 10,
}

BEFORE = """
.........
.@TTT....
.........
####i####
#########
##!######
###D#####
"""

DIAMOND_CHAIN = """
east          |                       | You bumped into something.
collect       | wood 1                | You collected wood.
east          | wood 1                | Nothing happened.
collect       | wood 2                | You collected wood.
iron-pickaxe  | wood 2                | Nothing happened.
east          | wood 2                | Nothing happened.
collect       | wood 3                | You collected wood.
planks        | wood 2 planks 2       | You made planks.
planks        | wood 1 planks 4       | You made planks.
wooden        | wood 1 planks 4       | Nothing happened.
planks        | planks 6              | You made planks.
table         | planks 4              | You made a table.
wooden        | planks 2              | You made a wooden pickaxe.
south         | planks 2              | Nothing happened.
south         | planks 2              | You bumped into something.
collect       | planks 2 stone 1      | You collected stone.
stone-pickaxe | planks 2 stone 1      | Nothing happened.
south         | planks 2 stone 1      | Nothing happened.
east          | planks 2 stone 1      | You bumped into something.
collect       | planks 2 stone 1      | Nothing happened.
south         | planks 2 stone 1      | You bumped into something.
collect       | planks 2 stone 2      | You collected stone.
stone-pickaxe | planks 2 stone 2      | Nothing happened.
north         | planks 2 stone 2      | Nothing happened.
stone-pickaxe | planks 1              | You made a stone pickaxe.
south         | planks 1              | Nothing happened.
east          | planks 1              | You bumped into something.
collect       | planks 1 iron 1       | You collected iron.
north         | planks 1 iron 1       | Nothing happened.
iron-pickaxe  |                       | You made an iron pickaxe.
south         |                       | Nothing happened.
south         |                       | Nothing happened.
south         |                       | You bumped into something.
collect       | stone 1               | You collected stone.
south         | stone 1               | Nothing happened.
stone         | stone 1               | Nothing happened.
collect       | stone 1 diamond 1     | You collected diamond.
"""

AFTER = """
.........
....t....
.........
###,,####
###,#####
##!@#####
###,#####
"""


def read(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def hands(facts: dict[str, Any]) -> str:
    """What is in hand, as the playthroughs write it."""
    return " ".join(f"{item} {facts[item]:g}" for item in ITEMS if facts.get(item))


def follow(core: CraftCore, game: str, facts: Callable[..., dict[str, Any]]) -> None:
    for number, (word, held, told) in enumerate(read(game), start=1):
        core.step(np.array([WORDS[word]]), autoreset=False)
        assert (hands(facts(core)), core.texts()[0]) == (held, told), f"line {number}: {word}"


def test_the_diamond_chain(
    build_core: Callable[..., CraftCore],
    lay: Callable[[CraftCore, list[str]], None],
    facts: Callable[..., dict[str, Any]],
) -> None:
    core = build_core("CraftDiamond-v0")
    lay(core, BEFORE.strip().splitlines())
    stages = []
    for line in DIAMOND_CHAIN.strip().splitlines():
        assert not core.terminated[0]
        follow(core, line, facts)
        stages.append(float(core.task.progress(core.state)[0]))
    assert core.terminated[0]
    assert core.reward[0] == 1
    assert stages == sorted(stages)
    assert sorted(set(stages)) == [n / 9 for n in range(10)]
    drawn = [row[:9] for row in draw_map(core.world.cells[0], core.world.agents[0])[:7]]
    assert drawn == AFTER.strip().splitlines()


BRIDGE = """
west    | stone 2 | Nothing happened.
stone   | stone 1 | You placed a stone.
collect | stone 2 | You collected stone.
west    | stone 2 | Nothing happened.
west    | stone 2 | Nothing happened.
"""


def test_a_stone_makes_lava_safe(
    build_core: Callable[..., CraftCore],
    lay: Callable[[CraftCore, list[str]], None],
    facts: Callable[..., dict[str, Any]],
) -> None:
    core = build_core("CraftCave-v0")
    lay(core, ["##########", ",,!,@,,,D,", "##########"])
    agent: Any = core.world.agents[0]
    agent["items"][2] = 2
    follow(core, BRIDGE, facts)
    assert facts(core)["agent_pos"] == [1, 1]
    assert not core.terminated[0]


@pytest.mark.parametrize("name", ["CraftTree-v0", "CraftCave-v0"])
def test_lava_ends_the_episode(
    name: str,
    build_core: Callable[..., CraftCore],
    lay: Callable[[CraftCore, list[str]], None],
    facts: Callable[..., dict[str, Any]],
) -> None:
    core = build_core(name)
    lay(core, ["...", "!@.", "..T"])
    assert (facts(core)["lava_near"], facts(core)["lava_ahead"]) == (1, False)
    core.step(np.array([WORDS["west"]]), autoreset=False)
    assert core.terminated[0]
    assert core.reward[0] == 0
    assert not core.task.judge(core.state)[0]
    assert facts(core)["dead"] is True
    assert core.texts() == ["You stepped into lava and died."]


HUNT = """
east    | | You bumped into something.
collect | | You hit an animal.
"""


def test_an_animal_takes_three_hits(
    build_core: Callable[..., CraftCore],
    lay: Callable[[CraftCore, list[str]], None],
    facts: Callable[..., dict[str, Any]],
) -> None:
    core = build_core("CraftAnimal-v0")
    lay(core, ["@a"])
    assert (facts(core)["path_to_animal"], facts(core)["animal_health"]) == (1, 3)
    follow(core, HUNT, facts)
    assert (facts(core)["path_to_animal"], facts(core)["animal_health"]) == (0, 2)
    follow(core, "collect | | You hit an animal.", facts)
    assert facts(core)["animal_health"] == 1
    follow(core, "collect | food 1 | You collected food and hit an animal.", facts)
    assert core.terminated[0]
    assert core.reward[0] == 1


def test_an_animal_flees_and_heals(
    build_core: Callable[..., CraftCore],
    lay: Callable[[CraftCore, list[str]], None],
    facts: Callable[..., dict[str, Any]],
) -> None:
    core = build_core("CraftAnimal-v0")
    lay(core, ["@a.........", *["..........."] * 4])
    animals: Any = core.world.animals
    animals[0][0]["health"], animals[0][0]["fright"] = 2, 4
    seen = []
    for _ in range(80):
        core.step(np.array([WORDS["stone"]]), autoreset=False)
        seen.append((int(animals[0][0]["place"]), int(animals[0][0]["health"])))
    assert len({place for place, _ in seen}) > 3
    assert (seen[0][1], seen[-1][1]) == (2, 3)
