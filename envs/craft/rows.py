"""The craft family as data; light to import.

Horizons leave the oracle three to eight times the steps it takes. The first task is a smoke test;
the sparse reward is not expected to teach any other.
"""

from __future__ import annotations

from alignenv.envs.craft.layout import PLAINS, CraftLayout
from alignenv.envs.row import Row


def _row(
    name: str, kind: str, tags: tuple[str, ...], horizon: int, params: dict[str, int], context: str
) -> Row:
    layout = CraftLayout(kind=kind, params=params, context=tuple(context.split()))
    return Row(id=f"AlignEnv-{name}-v0", family="craft", world=layout, horizon=horizon, tags=tags)


_MOUNTAIN = {
    "trees": 12,
    "tree_distance": 3,
    "ponds": 2,
    "surface_rows": 13,
    "caves": 3,
    "iron": 8,
    "iron_depth": 3,
    "diamonds": 4,
    "diamond_depth": 8,
}
_CHAIN_CONTEXT = "trees tree_distance ponds lava_pools caves"

CRAFT_ROWS: tuple[Row, ...] = (
    _row(
        "CraftTree",
        "tree",
        ("smoke",),
        150,
        {"trees": 3, "tree_distance": 6, "ponds": 3, "surface_rows": PLAINS},
        "trees tree_distance ponds lava_pools",
    ),
    _row(
        "CraftTree-Hard",
        "tree",
        ("standard",),
        300,
        {
            "trees": 2,
            "tree_distance": 12,
            "ponds": 4,
            "lava_pools": 10,
            "surface_rows": PLAINS,
            "moats": 1,
        },
        "trees tree_distance ponds lava_pools",
    ),
    _row(
        "CraftAnimal",
        "animal",
        ("standard",),
        300,
        {
            "trees": 8,
            "tree_distance": 2,
            "ponds": 4,
            "surface_rows": PLAINS,
            "animals": 2,
            "animal_distance": 10,
        },
        "trees ponds lava_pools animals animal_distance",
    ),
    _row(
        "CraftPickaxe",
        "pickaxe",
        ("standard",),
        200,
        {"trees": 8, "tree_distance": 4, "ponds": 3, "surface_rows": PLAINS},
        "trees tree_distance ponds lava_pools",
    ),
    _row(
        "CraftStone",
        "stone",
        ("standard",),
        300,
        {**_MOUNTAIN, "lava_pools": 2},
        _CHAIN_CONTEXT,
    ),
    _row(
        "CraftIron",
        "iron",
        ("hard",),
        400,
        {**_MOUNTAIN, "lava_pools": 4},
        _CHAIN_CONTEXT + " iron iron_depth",
    ),
    _row(
        "CraftCave",
        "cave",
        ("standard",),
        300,
        {
            "surface_rows": 5,
            "caves": 6,
            "lava_pools": 16,
            "iron": 6,
            "iron_depth": 3,
            "diamonds": 2,
            "diamond_depth": 16,
            "underground": 1,
        },
        "caves lava_pools diamonds diamond_depth",
    ),
    _row(
        "CraftDiamond",
        "diamond",
        ("hard",),
        500,
        {**_MOUNTAIN, "lava_pools": 6},
        _CHAIN_CONTEXT + " iron iron_depth diamonds diamond_depth",
    ),
)
