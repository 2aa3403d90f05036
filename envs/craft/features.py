"""The vocabulary of facts that state fields are made of; light to import.

A task's `StateSpec` picks from these. Only when a way is tracked is it searched.
"""

from __future__ import annotations

from itertools import accumulate

from alignenv.envs.craft.cells import CAPACITY, ITEMS, NAMES, PICKAXES
from alignenv.envs.craft.layout import SIZE
from alignenv.envs.craft.recipes import RECIPES
from alignenv.spec import Field

_CODES = ", ".join(f"{code} {name}" for code, name in enumerate(NAMES) if code)
_HOW = "over grass and paths, through stone (2 steps a cell) once there is a pickaxe"


def _way(kind: str, known: str) -> Field:
    return Field(
        name=f"path_to_{kind}",
        kind="float",
        unit="steps",
        low=-1,
        high=2.0 * SIZE * SIZE,
        meaning=f"fewest steps to the nearest {kind} {known}, {_HOW}: 0 when it is in front, 1 when"
        " next to it; -1 if none is known or no way leads there",
        missing=-1,
    )


def _flag(name: str, meaning: str) -> Field:
    return Field(name=name, kind="bool", low=0, high=1, meaning=meaning)


def _count(name: str, high: int, meaning: str, unit: str = "") -> Field:
    return Field(name=name, kind="int", unit=unit, low=0, high=high, meaning=meaning)


_FEATURES = (
    Field(
        name="agent_pos",
        kind="vec2",
        unit="cells",
        low=0,
        high=SIZE - 1,
        meaning="x, y of the agent's cell; x grows to the east, y to the south",
    ),
    _count("facing", 3, "0 north, 1 east, 2 south, 3 west"),
    _count("front", len(NAMES) - 1, f"what is in front: {_CODES}"),
    _way("tree", "seen so far"),
    _way("stone", "seen so far"),
    _way("iron", "seen so far"),
    _way("diamond", "seen so far"),
    _way("table", "placed"),
    _way("animal", "in sight"),
    *(_count(item, CAPACITY, f"{item} in hand") for item in ITEMS),
    _count(
        "pickaxe",
        len(PICKAXES) - 1,
        "best pickaxe in hand: " + ", ".join(f"{i} {name}" for i, name in enumerate(PICKAXES)),
    ),
    _count("tables", 24, "tables placed in this episode"),
    _flag("near_table", "a table is among the eight cells around the agent"),
    _count("explored", SIZE * SIZE, "cells seen so far in this episode", "cells"),
    _count("depth", SIZE, "rows below the rim of the mountain; 0 in daylight", "cells"),
    _flag("dark", "the agent is in the dark, where it sees less far"),
    _count("lava_near", 4, "how many of the four cells next to the agent are lava"),
    _flag("lava_ahead", "the cell in front is lava"),
    _flag("dead", "the agent stepped into lava"),
    Field(
        name="animal_health",
        kind="int",
        low=0,
        high=3,
        meaning="hits that the nearest animal in sight can still take; -1 if none is in sight",
        missing=-1,
    ),
    _count(
        "collected",
        len(ITEMS),
        "what the last step brought: 0 nothing, "
        + ", ".join(f"{i} {name}" for i, name in enumerate(ITEMS, start=1)),
    ),
    _count(
        "crafted",
        len(RECIPES),
        "what the last step made: 0 nothing, "
        + ", ".join(f"{i} {recipe.name}" for i, recipe in enumerate(RECIPES, start=1)),
    ),
    _flag("placed_stone", "the last step placed a stone"),
    _flag("hit", "the last step hit an animal"),
    _flag("bumped", "the last step was a move that something blocked"),
)

CRAFT_FEATURES: dict[str, Field] = {feature.name: feature for feature in _FEATURES}
"""Every feature by name."""

_STOPS = list(accumulate(feature.size for feature in _FEATURES))
N_FEATURE_COLUMNS = _STOPS[-1]
FEATURE_COLUMNS: dict[str, slice] = {
    feature.name: slice(stop - feature.size, stop)
    for feature, stop in zip(_FEATURES, _STOPS, strict=True)
}
"""Columns of each feature in a row of all features."""
