"""State records of the grid tasks: which grid features a reward program may read, by layout.

Cells are counted from the top left corner, x to the right and y downwards, as MiniGrid does.
Path lengths are numbers of forward moves between neighbouring cells; turns are not counted.
"""

from __future__ import annotations

from dataclasses import replace

from alignenv.envs.grid.features import grid_field
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.tasks_fields_mission import MISSION_SHOWN
from alignenv.envs.grid.tasks_shown import (
    AGENT,
    GOAL,
    KEY_AND_DOOR,
    LAVA_FIELDS,
    PATHS,
    ROOM,
    Shown,
)
from alignenv.spec import StateSpec

_SHOWN: dict[str, tuple[Shown, ...]] = {
    "empty": ROOM,
    "fourrooms": ROOM,
    "unlock": (*AGENT, *KEY_AND_DOOR, *PATHS, Shown("bumped")),
    "doorkey": (
        *AGENT,
        *KEY_AND_DOOR,
        GOAL,
        *PATHS,
        Shown("path_to_goal"),
        Shown("bumped"),
    ),
    "multiroom": (
        *AGENT,
        Shown("n_rooms"),
        Shown("room_index"),
        Shown("doors_open"),
        Shown("next_door_pos"),
        Shown("path_to_next_door"),
        Shown(
            "path_through_doors",
            name="path_to_goal",
            meaning="fewest steps forward to the goal as if all doors were open",
            is_always=True,
        ),
        Shown("facing_door"),
        GOAL,
    ),
    "lava": LAVA_FIELDS,
    **MISSION_SHOWN,
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
