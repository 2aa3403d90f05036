"""What of a world may be varied, with the range of each."""

from __future__ import annotations

from alignenv.context import Parameter
from alignenv.envs.craft.layout import CraftLayout

_MEANINGS = {
    "trees": (1, 24, "trees", "trees in the world"),
    "tree_distance": (2, 24, "steps", "how far trees are from the start, where there is room"),
    "ponds": (0, 8, "ponds", "ponds on the grass"),
    "lava_pools": (0, 24, "pools", "lava pools in the mountain, on the grass where there is none"),
    "caves": (0, 8, "tunnels", "tunnels through the mountain"),
    "iron": (1, 8, "ores", "iron ores"),
    "iron_depth": (1, 12, "cells", "least depth of iron below the rim of the mountain"),
    "diamonds": (1, 6, "diamonds", "diamonds"),
    "diamond_depth": (2, 16, "cells", "least depth of diamonds below the rim of the mountain"),
    "animals": (1, 4, "animals", "animals on the grass"),
    "animal_distance": (3, 24, "steps", "how far animals are from the start, where there is room"),
}
"""Range, unit and meaning of each argument of the generator that may be varied."""

_TREES_NEEDED = {"pickaxe": 2, "stone": 3, "iron": 3, "diamond": 3}


def context_spec(layout: CraftLayout) -> tuple[Parameter, ...]:
    """The parameters of a layout's context; their defaults are the layout's own values."""
    parameters = []
    for name in layout.context:
        low, high, unit, meaning = _MEANINGS[name]
        if name == "trees":
            low = _TREES_NEEDED.get(layout.kind, low)
        parameters.append(
            Parameter(
                name=name,
                low=low,
                high=high,
                default=layout.params.get(name, 0),
                unit=unit,
                meaning=meaning,
                whole=True,
            )
        )
    return tuple(parameters)
