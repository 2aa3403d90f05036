"""The vocabulary of grid facts that state fields are made of; light to import.

A task's `StateSpec` picks from these, under the same name or another one. Only what is tracked is
computed, so a costly feature costs nothing where nothing reads it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import numpy as np

from alignenv.envs.grid.features_mission import MISSION_FEATURE_FIELDS
from alignenv.envs.grid.layout import GridLayout
from alignenv.errors import UnknownName
from alignenv.spec import Field

_WALK = "fewest steps forward to its cell (1 when next to it)"
_FREE = "through open doors, around objects and lava"

_FEATURES = (
    Field(name="agent_pos", kind="vec2", unit="cells", meaning="x, y of the agent's cell"),
    Field(name="agent_dir", kind="int", low=0, high=3, meaning="0 right, 1 down, 2 left, 3 up"),
    Field(name="carrying_key", kind="bool", low=0, high=1, meaning="the key is in hand"),
    Field(
        name="key_pos",
        kind="vec2",
        unit="cells",
        meaning="x, y of the key's cell; the agent's cell while carried; -1 if there is no key",
        missing=-1,
    ),
    Field(
        name="door_pos",
        kind="vec2",
        unit="cells",
        meaning="x, y of the door's cell; -1 if there is no door",
        missing=-1,
    ),
    Field(name="door_open", kind="bool", low=0, high=1, meaning="one can walk through the door"),
    Field(name="door_locked", kind="bool", low=0, high=1, meaning="the door needs its key"),
    Field(
        name="goal_pos",
        kind="vec2",
        unit="cells",
        meaning="x, y of the goal's cell; -1 if there is no goal",
        missing=-1,
    ),
    Field(
        name="path_to_key",
        kind="float",
        unit="steps",
        meaning=f"{_WALK}, {_FREE}; 0 while carried; -1 if none",
        missing=-1,
    ),
    Field(
        name="path_to_door",
        kind="float",
        unit="steps",
        meaning=f"{_WALK}, {_FREE}; 0 in the doorway; -1 if none",
        missing=-1,
    ),
    Field(
        name="path_to_goal",
        kind="float",
        unit="steps",
        meaning=f"fewest steps forward to the goal, {_FREE}; -1 if none",
        missing=-1,
    ),
    Field(
        name="path_through_doors",
        kind="float",
        unit="steps",
        meaning="fewest steps forward to the goal as if all doors were open, around objects and"
        " lava; -1 if none",
        missing=-1,
    ),
    Field(name="bumped", kind="bool", low=0, high=1, meaning="the last move was blocked"),
    Field(name="n_rooms", kind="int", low=1, meaning="rooms that doors separate"),
    Field(
        name="room_index",
        kind="int",
        low=0,
        meaning="doors passed from the first room to the agent's place; a doorway counts as the"
        " room behind it",
    ),
    Field(name="doors_open", kind="int", low=0, meaning="number of doors now open"),
    Field(
        name="next_door_pos",
        kind="vec2",
        unit="cells",
        meaning="x, y of the first unopened door on the shortest walk to the goal; -1 if all are"
        " open",
        missing=-1,
    ),
    Field(
        name="path_to_next_door",
        kind="float",
        unit="steps",
        meaning="fewest steps forward to that door's cell; -1 if all are open",
        missing=-1,
    ),
    Field(name="facing_door", kind="bool", low=0, high=1, meaning="a closed door is in front"),
    Field(name="lava_ahead", kind="bool", low=0, high=1, meaning="the cell in front is lava"),
    Field(name="dead", kind="bool", low=0, high=1, meaning="the agent stepped on lava"),
    Field(
        name="view",
        kind="grid7x7",
        low=0,
        high=9,
        meaning="what the agent sees, farthest row first, the agent at row 6, column 3: 0 unseen,"
        " 1 empty, 2 wall, 4 door, 5 key, 8 goal, 9 lava",
    ),
)

GRID_FEATURES: dict[str, Field] = {feature.name: feature for feature in _FEATURES}
"""Every feature that all grids have, by name."""
MISSION_FEATURES: dict[str, Field] = {feature.name: feature for feature in MISSION_FEATURE_FIELDS}
"""Every feature that only layouts with a mission have, by name."""

_ALL = (*_FEATURES, *MISSION_FEATURE_FIELDS)
_STOPS = list(accumulate(feature.size for feature in _ALL))
N_FEATURE_COLUMNS = _STOPS[-1]
FEATURE_COLUMNS: dict[str, slice] = {
    feature.name: slice(stop - feature.size, stop)
    for feature, stop in zip(_ALL, _STOPS, strict=True)
}
"""Columns of each feature in a row of all features."""


def grid_field(layout: GridLayout, feature: str, *, name: str = "", meaning: str = "") -> Field:
    """The state field that shows a feature, with the value range it has on that layout.

    Args:
        layout: The grids.
        feature: A name in `GRID_FEATURES` or `MISSION_FEATURES`.
        name: Name of the field; by default the feature's.
        meaning: One line for the card; by default the feature's.

    Raises:
        UnknownName: There is no such feature.
    """
    known = GRID_FEATURES | MISSION_FEATURES
    if feature not in known:
        raise UnknownName.of("grid feature", feature, known)
    field = known[feature]
    named = replace(field, name=name or feature, meaning=meaning or field.meaning)
    if np.isfinite(field.high):
        return named
    cells = layout.width * layout.height
    lowest = max(field.low, 0.0 if field.missing is None else field.missing)
    side = max(layout.width, layout.height)
    highest = {"steps": cells, "cells": side - 1}.get(field.unit, side)
    return replace(named, low=lowest, high=float(highest))
