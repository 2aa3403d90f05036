"""State records of the grid tasks: what a reward program may read, layout by layout.

Cells are counted from the top left corner, x to the right and y downwards, as MiniGrid does.
Every path length is a number of forward moves between neighbouring cells; turns are not counted.
"""

from __future__ import annotations

from collections.abc import Callable

from alignenv.envs.suite import Row
from alignenv.spec import Field, StateSpec

NONE = -1.0
"""Missing value of every path length that can be undefined."""


def _cell(row: Row, name: str, meaning: str) -> Field:
    high = max(row.width, row.height) - 1
    return Field(name=name, kind="vec2", unit="cells", low=0, high=high, meaning=meaning)


def _steps(row: Row, name: str, meaning: str, *, missing: float | None = None) -> Field:
    return Field(
        name=name,
        kind="float",
        unit="steps",
        low=0,
        high=(row.width - 2) * (row.height - 2),
        meaning=meaning,
        missing=missing,
    )


def _flag(name: str, meaning: str) -> Field:
    return Field(name=name, kind="bool", meaning=meaning)


def _count(name: str, meaning: str, *, low: int, high: int) -> Field:
    return Field(name=name, kind="int", low=low, high=high, meaning=meaning)


def _agent(row: Row) -> tuple[Field, Field]:
    direction = Field(
        name="agent_dir", kind="int", low=0, high=3, meaning="0 right, 1 down, 2 left, 3 up"
    )
    return _cell(row, "agent_pos", "cell x, y of the agent"), direction


def _bumped() -> Field:
    return _flag("bumped", "the last move forward was blocked")


def _key_and_door(row: Row) -> tuple[Field, ...]:
    return (
        _flag("carrying_key", "the key is in hand"),
        _cell(row, "key_pos", "cell of the key; the agent's cell while carried"),
        _cell(row, "door_pos", "cell of the door"),
        _flag("door_open", "the door is open; once unlocked it can be closed and opened at will"),
        _flag("door_locked", "the door is locked; only toggling it with the key unlocks it"),
    )


def _key_and_door_paths(row: Row) -> tuple[Field, Field]:
    return (
        _steps(
            row,
            "path_to_key",
            "shortest walk to the key's cell; 0 while carried, -1 if none",
            missing=NONE,
        ),
        _steps(row, "path_to_door", "shortest walk to the door's cell, -1 if none", missing=NONE),
    )


def _doorkey(row: Row) -> StateSpec:
    return StateSpec(
        (
            *_agent(row),
            *_key_and_door(row),
            _cell(row, "goal_pos", "cell of the goal"),
            *_key_and_door_paths(row),
            _steps(
                row,
                "path_to_goal",
                "shortest walk to the goal through open doors, -1 if none",
                missing=NONE,
            ),
            _bumped(),
        )
    )


def _unlock(row: Row) -> StateSpec:
    return StateSpec((*_agent(row), *_key_and_door(row), *_key_and_door_paths(row), _bumped()))


def _multiroom(row: Row) -> StateSpec:
    rooms = row.params["rooms"]
    return StateSpec(
        (
            *_agent(row),
            _count("n_rooms", "rooms of the chain", low=rooms, high=rooms),
            _count(
                "room_index",
                "room the agent is in, 0-based; a doorway belongs to the room before it",
                low=0,
                high=rooms - 1,
            ),
            _count("doors_open", "number of doors now open", low=0, high=rooms - 1),
            _cell(
                row,
                "next_door_pos",
                "nearest unopened door towards the goal; the goal's cell when all are open",
            ),
            _steps(
                row,
                "path_to_next_door",
                "shortest walk to the nearest unopened door towards the goal, -1 if all are open",
                missing=NONE,
            ),
            _steps(row, "path_to_goal", "shortest walk to the goal, closed doors ignored"),
            _flag("facing_door", "a closed door is in front"),
            _cell(row, "goal_pos", "cell of the goal"),
        )
    )


def _lava(row: Row) -> StateSpec:
    view = Field(
        name="view",
        kind="grid7x7",
        unit="0 unseen, 1 empty, 2 wall, 8 goal, 9 lava",
        low=0,
        high=9,
        meaning="what the agent sees; it stands in the middle of the last row, facing row 0",
    )
    return StateSpec(
        (
            *_agent(row),
            _cell(row, "goal_pos", "cell of the goal"),
            _steps(row, "path_to_goal", "shortest safe walk to the goal"),
            _flag("lava_ahead", "the cell in front is lava"),
            _flag("dead", "the agent stepped on lava"),
            view,
        )
    )


def _room(row: Row) -> StateSpec:
    return StateSpec(
        (
            *_agent(row),
            _cell(row, "goal_pos", "cell of the goal"),
            _steps(row, "path_to_goal", "shortest walk to the goal"),
            _bumped(),
        )
    )


_SPECS: dict[str, Callable[[Row], StateSpec]] = {
    "doorkey": _doorkey,
    "empty": _room,
    "fourrooms": _room,
    "lava": _lava,
    "multiroom": _multiroom,
    "unlock": _unlock,
}


def state_spec(row: Row) -> StateSpec:
    """Fields of the state record of one row's task."""
    return _SPECS[row.layout](row)
