"""What can be made of what, as data; light to import."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.envs.craft.cells import IRONS, N_ITEMS, PLANKS, STONES, WOOD


class Recipe(NamedTuple):
    """One thing that can be made.

    Attributes:
        name: What is made.
        costs: Items it takes, by item.
        needs_table: Whether a table has to be within reach.
        tier: Pickaxe that it is, an index of `PICKAXES`; 0 for none. What one already has, or has
            better, is not made again.
        gives: How many planks it gives.
    """

    name: str
    costs: dict[int, int]
    needs_table: bool = False
    tier: int = 0
    gives: int = 0


RECIPES = (
    Recipe("table", {PLANKS: 2}),
    Recipe("planks", {WOOD: 1}, gives=2),
    Recipe("wooden pickaxe", {PLANKS: 2}, needs_table=True, tier=1),
    Recipe("stone pickaxe", {PLANKS: 1, STONES: 2}, needs_table=True, tier=2),
    Recipe("iron pickaxe", {PLANKS: 1, IRONS: 1}, needs_table=True, tier=3),
)
"""In the order of the actions that follow them; a table is placed on the cell in front."""

N_RECIPES = len(RECIPES)
MAKE_TABLE, MAKE_PLANKS = 0, 1

COSTS = np.array(
    [[recipe.costs.get(item, 0) for item in range(N_ITEMS)] for recipe in RECIPES], dtype=np.int64
)
NEEDS_TABLE = np.array([recipe.needs_table for recipe in RECIPES], dtype=np.int64)
TIER = np.array([recipe.tier for recipe in RECIPES], dtype=np.int64)
GIVES = np.array([recipe.gives for recipe in RECIPES], dtype=np.int64)
