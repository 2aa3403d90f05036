"""One field of a state record, and those that several grid tasks share."""

from __future__ import annotations

from typing import NamedTuple


class Shown(NamedTuple):
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


AGENT = (Shown("agent_pos"), Shown("agent_dir"))
GOAL = Shown("goal_pos", meaning="x, y of the goal's cell", is_always=True)
WALK = Shown(
    "path_to_goal", meaning="fewest steps forward to the goal, around walls", is_always=True
)
KEY_AND_DOOR = (
    Shown("carrying_key"),
    Shown(
        "key_pos", meaning="x, y of the key's cell; the agent's cell while carried", is_always=True
    ),
    Shown("door_pos", meaning="x, y of the door's cell", is_always=True),
    Shown("door_open"),
    Shown("door_locked"),
)
PATHS = (Shown("path_to_key"), Shown("path_to_door"))

ROOM = (*AGENT, GOAL, WALK, Shown("bumped"))
BUMPED = Shown("bumped")

LAVA_FIELDS = (
    *AGENT,
    GOAL,
    Shown(
        "path_to_goal",
        meaning="fewest steps forward to the goal without touching lava",
        is_always=True,
    ),
    Shown("lava_ahead"),
    Shown("dead"),
    Shown("view"),
)
