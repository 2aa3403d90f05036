"""One byte per cell: what MiniGrid keeps in three numbers and a class, as lookup tables.

A code is `slot * 8 + colour`, plus 128 where one cannot see through; a slot is MiniGrid's number
of the object, 10 for a locked door, and 11 for a grey box that holds a key of the code's colour.
The tables hold what MiniGrid's world objects answer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
"""Codes of one padded grid, shape `(area,)`."""

UNSEEN, EMPTY, WALL, FLOOR, DOOR, KEY, BALL, BOX, GOAL, LAVA = range(10)
RED, GREEN, BLUE, PURPLE, YELLOW, GREY = range(6)
OPEN, CLOSED, LOCKED = range(3)

COLORS_BY_NAME = np.array([BLUE, GREEN, GREY, PURPLE, RED, YELLOW], dtype=np.int64)
"""Colours in the order in which MiniGrid draws them: by name."""

OPAQUE = 128
"""Codes from here on hide what is behind."""
_LOCKED_SLOT = 10
_KEY_BOX_SLOT = 11


def code(kind: int, color: int = 0, state: int = 0) -> int:
    """The byte of an object; one of another colour is `code + color`."""
    slot = _LOCKED_SLOT if kind == DOOR and state == LOCKED else kind
    hides = kind == WALL or (kind == DOOR and state != OPEN)
    return slot * 8 + color + (OPAQUE if hides else 0)


NOTHING = 0
EMPTY_CELL = code(EMPTY)
WALL_CELL = code(WALL, GREY)
GOAL_CELL = code(GOAL, GREEN)
LAVA_CELL = code(LAVA, RED)

KEY_BOX = _KEY_BOX_SLOT * 8
"""A grey box with a red key; one with a key of another colour is `KEY_BOX + color`."""

_LEGAL = [
    (kind, color, state)
    for kind in range(UNSEEN, LAVA + 1)
    for color in range(6)
    for state in range(3 if kind == DOOR else 1)
]


def _encoding() -> npt.NDArray[np.uint8]:
    table = np.zeros((256, 3), dtype=np.uint8)
    for kind, color, state in _LEGAL:
        table[code(kind, color, state)] = kind, color, state
    table[KEY_BOX : KEY_BOX + 6] = BOX, GREY, 0
    return table


def _toggled() -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for color in range(6):
        table[code(DOOR, color, OPEN)] = code(DOOR, color, CLOSED)
        table[code(DOOR, color, CLOSED)] = code(DOOR, color, OPEN)
        table[code(DOOR, color, LOCKED)] = code(DOOR, color, OPEN)
        table[code(BOX, color)] = EMPTY_CELL
        table[KEY_BOX + color] = code(KEY, color)
    return table


ENCODING = _encoding()
"""MiniGrid's (object, colour, state) of a code, uint8 `(256, 3)`."""
KIND = ENCODING[:, 0].copy()
COLOR = ENCODING[:, 1].copy()
STATE = ENCODING[:, 2].copy()
TOGGLED = _toggled()
"""What a cell becomes when toggled, with the right key if it is locked, uint8 `(256,)`."""

CAN_STAND = np.isin(KIND, [EMPTY, FLOOR, GOAL, LAVA]) | ((KIND == DOOR) & (STATE == OPEN))
"""Whether the agent can step onto it, bool `(256,)`."""
CAN_PICK_UP = np.isin(KIND, [KEY, BALL, BOX])
"""Whether the agent can carry it, bool `(256,)`."""

PASSABLE = np.where(np.isin(KIND, [GOAL, LAVA]), 2, CAN_STAND).astype(np.uint8)
"""For walks: 0 blocked, 1 free, 2 can be stepped on but ends the episode, uint8 `(256,)`."""
PASSABLE_BUT_DOORS = np.where(KIND == DOOR, 1, PASSABLE).astype(np.uint8)
"""The same if every door were open."""
PASSABLE_BUT_CLOSED = np.where((KIND == DOOR) & (STATE != LOCKED), 1, PASSABLE).astype(np.uint8)
"""The same if every door that is not locked were open."""
PASSABLE_BUT_THINGS = np.where(CAN_PICK_UP, 1, PASSABLE_BUT_DOORS).astype(np.uint8)
"""The same if every door were open and everything one can carry were gone."""
