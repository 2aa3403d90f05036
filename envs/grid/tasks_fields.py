"""State records of the grid tasks: which grid features a reward program may read, by layout.

Cells are counted from the top left corner, x to the right and y downwards, as MiniGrid does.
Path lengths are numbers of forward moves between neighbouring cells; turns are not counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from alignenv.envs.grid.features import grid_field
from alignenv.envs.grid.layout import GridLayout
from alignenv.spec import StateSpec


class _Shown(NamedTuple):
    """One field of a record.

    Attributes:
        feature: Feature that fills it.
        name: Name of the field, where it is not the feature's.
        meaning: Its line on the card, where the feature's does not fit the layout.
        is_always: Whether the layout always has it, so that there is no missing value.
    """

    feature: str
    name: str = ""
    meaning: str = ""
    is_always: bool = False


_AGENT = (_Shown("agent_pos"), _Shown("agent_dir"))
_GOAL = _Shown("goal_pos", meaning="x, y of the goal's cell", is_always=True)
_WALK = _Shown(
    "path_to_goal", meaning="fewest steps forward to the goal, around walls", is_always=True
)
_KEY_AND_DOOR = (
    _Shown("carrying_key"),
    _Shown(
        "key_pos", meaning="x, y of the key's cell; the agent's cell while carried", is_always=True
    ),
    _Shown("door_pos", meaning="x, y of the door's cell", is_always=True),
    _Shown("door_open"),
    _Shown("door_locked"),
)
_PATHS = (_Shown("path_to_key"), _Shown("path_to_door"))

_ROOM = (*_AGENT, _GOAL, _WALK, _Shown("bumped"))

_SHOWN: dict[str, tuple[_Shown, ...]] = {
    "empty": _ROOM,
    "fourrooms": _ROOM,
    "unlock": (*_AGENT, *_KEY_AND_DOOR, *_PATHS, _Shown("bumped")),
    "doorkey": (
        *_AGENT,
        *_KEY_AND_DOOR,
        _GOAL,
        *_PATHS,
        _Shown("path_to_goal"),
        _Shown("bumped"),
    ),
    "multiroom": (
        *_AGENT,
        _Shown("n_rooms"),
        _Shown("room_index"),
        _Shown("doors_open"),
        _Shown("next_door_pos"),
        _Shown("path_to_next_door"),
        _Shown(
            "path_through_doors",
            name="path_to_goal",
            meaning="fewest steps forward to the goal as if all doors were open",
            is_always=True,
        ),
        _Shown("facing_door"),
        _GOAL,
    ),
    "lava": (
        *_AGENT,
        _GOAL,
        _Shown(
            "path_to_goal",
            meaning="fewest steps forward to the goal without touching lava",
            is_always=True,
        ),
        _Shown("lava_ahead"),
        _Shown("dead"),
        _Shown("view"),
    ),
}


def state_spec(layout: GridLayout) -> StateSpec:
    """Fields of the state record of one layout's tasks."""
    fields = []
    for shown in _SHOWN[layout.kind]:
        field = grid_field(layout, shown.feature, name=shown.name, meaning=shown.meaning)
        if shown.is_always:
            field = replace(field, missing=None, low=max(field.low, 0.0))
        fields.append(field)
    return StateSpec(tuple(fields))


def record_features(layout: GridLayout) -> dict[str, str]:
    """Which feature fills each field of the record."""
    return {shown.name or shown.feature: shown.feature for shown in _SHOWN[layout.kind]}
