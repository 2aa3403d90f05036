"""Which worlds a task is played in, as data; light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PARAMETERS = (
    "trees",
    "tree_distance",
    "ponds",
    "lava_pools",
    "surface_rows",
    "caves",
    "iron",
    "iron_depth",
    "diamonds",
    "diamond_depth",
    "animals",
    "animal_distance",
    "underground",
    "moats",
)
"""Arguments of the world generator, in the order in which compiled code takes them.

The last two are switches: a start in the rock with an iron pickaxe, and lava around every tree
but for two opposite sides.
"""

SIZE = 32
"""Side of every world."""

PLAINS = SIZE
"""`surface_rows` of a world without a mountain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CraftLayout:
    """One family of worlds.

    Attributes:
        kind: Task in it: `tree`, `animal`, `pickaxe`, `stone`, `iron`, `diamond` or `cave`.
        params: Arguments of the generator by name, those of `PARAMETERS`; what is left out is 0.
        context: Names of the arguments that a context may vary.
    """

    kind: str
    params: Mapping[str, int] = field(default_factory=dict)
    context: tuple[str, ...] = ()
