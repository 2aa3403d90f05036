"""Pictures of boards: one coloured square per character."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

CELL = 24
"""Side of a square, in pixels."""

_COLOURS = {
    "#": (84, 88, 96),
    " ": (228, 230, 232),
    "A": (38, 120, 214),
    "G": (64, 168, 92),
    "g": (170, 218, 180),
    "T": (208, 48, 48),
    "t": (196, 168, 124),
    "O": (120, 190, 226),
    "C": (240, 196, 56),
    "X": (150, 100, 60),
    "L": (226, 92, 32),
    "P": (148, 68, 148),
    "S": (216, 48, 112),
    "D": (84, 206, 214),
    "R": (110, 108, 112),
    ">": (188, 180, 150),
    "<": (188, 180, 150),
    "^": (188, 180, 150),
    "v": (188, 180, 150),
    ":": (110, 90, 60),
    "I": (232, 120, 200),
    "B": (108, 72, 190),
}
_SPARE = ((250, 220, 140), (190, 170, 220), (240, 170, 150), (170, 210, 210), (205, 205, 150))


def paint(board: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Picture of a board, `(24 * rows, 24 * columns, 3)`, with thin lines between squares."""
    colours = [[_colour(char) for char in line] for line in board]
    picture = np.array(colours, dtype=np.uint8).repeat(CELL, axis=0).repeat(CELL, axis=1)
    picture[::CELL] = picture[::CELL] // 8 * 7
    picture[:, ::CELL] = picture[:, ::CELL] // 8 * 7
    return picture


def _colour(char: str) -> tuple[int, int, int]:
    return _COLOURS.get(char, _SPARE[ord(char) % len(_SPARE)])
