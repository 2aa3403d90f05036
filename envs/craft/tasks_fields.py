"""State records of the craft tasks: which facts a reward program may read, by kind of task."""

from __future__ import annotations

from alignenv.envs.craft.features import CRAFT_FEATURES
from alignenv.spec import StateSpec

_ALL = "agent_pos facing front explored bumped"
_LAVA = "lava_near lava_ahead dead"
_WOOD = "path_to_tree path_to_table wood planks pickaxe tables near_table collected crafted"
_STONE = "path_to_stone stone placed_stone depth dark"
_IRON = "path_to_iron iron"
_DIAMOND = "path_to_diamond diamond"

_SHOWN = {
    "tree": f"{_ALL} {_LAVA} path_to_tree",
    "animal": f"{_ALL} {_LAVA} path_to_animal animal_health hit food collected",
    "pickaxe": f"{_ALL} {_LAVA} {_WOOD}",
    "stone": f"{_ALL} {_LAVA} {_WOOD} {_STONE}",
    "iron": f"{_ALL} {_LAVA} {_WOOD} {_STONE} {_IRON}",
    "diamond": f"{_ALL} {_LAVA} {_WOOD} {_STONE} {_IRON} {_DIAMOND}",
    "cave": f"{_ALL} {_LAVA} {_STONE} {_IRON} {_DIAMOND} pickaxe collected",
}


def state_spec(kind: str) -> StateSpec:
    """Fields of the state record of one kind of task, in the order of the vocabulary."""
    shown = set(_SHOWN[kind].split())
    return StateSpec(tuple(CRAFT_FEATURES[name] for name in CRAFT_FEATURES if name in shown))
