"""What a cell of the world can be, and what can be done with it.

A code is an index into the tables below, so that rules are look-ups.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
"""Codes of one world, row by row."""

NAMES = (
    "unseen",
    "grass",
    "path",
    "water",
    "tree",
    "stone",
    "iron",
    "diamond",
    "lava",
    "table",
    "bedrock",
    "animal",
)
N_KINDS = len(NAMES)
UNSEEN, GRASS, PATH, WATER, TREE, STONE, IRON, DIAMOND, LAVA, TABLE, BEDROCK, ANIMAL = range(
    N_KINDS
)
"""`unseen` is in views only; `bedrock` surrounds the world; an animal stands on grass."""

SOUGHT = (TREE, STONE, IRON, DIAMOND, TABLE, ANIMAL)
"""What an agent looks for: directions are observed and ways are recorded in this order."""

ITEMS = ("wood", "planks", "stone", "iron", "diamond", "food")
N_ITEMS = len(ITEMS)
WOOD, PLANKS, STONES, IRONS, DIAMONDS, FOOD = range(N_ITEMS)
CAPACITY = 9
"""Most that an agent can hold of one item."""

PICKAXES = ("none", "wooden", "stone", "iron")
N_TIERS = len(PICKAXES)
_NEVER = N_TIERS


def _table(default: int, values: dict[int, int]) -> npt.NDArray[np.int64]:
    return np.array([values.get(kind, default) for kind in range(N_KINDS)], dtype=np.int64)


CAN_ENTER = _table(0, {GRASS: 1, PATH: 1, LAVA: 1})
"""1 where one can step; lava kills."""

CAN_WALK = _table(0, {GRASS: 1, PATH: 1})
"""1 where one can step and live."""

TIER_NEEDED = _table(_NEVER, {TREE: 0, STONE: 1, IRON: 2, DIAMOND: 3})
"""Pickaxe that a cell yields to, an index of `PICKAXES`; 4 where none does."""

YIELDS = _table(0, {TREE: WOOD, STONE: STONES, IRON: IRONS, DIAMOND: DIAMONDS})
"""Item in it, where `TIER_NEEDED` is below 4."""

LEAVES = _table(PATH, {TREE: GRASS})
"""What is left of it."""

TAKES_STONE = _table(0, {GRASS: 1, PATH: 1, WATER: 1, LAVA: 1})
"""1 where a stone can be placed."""

TAKES_TABLE = _table(0, {GRASS: 1, PATH: 1})
"""1 where a table can be placed."""

SOUGHT_INDEX = _table(-1, {kind: index for index, kind in enumerate(SOUGHT)})
"""Place of a kind in `SOUGHT`; -1 where it is not one of them."""
