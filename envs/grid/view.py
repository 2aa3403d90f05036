"""The agent's 7x7 view, byte for byte MiniGrid's, by table lookup.

MiniGrid spreads visibility through the view row by row, from the agent's row outwards. What one
row passes on depends only on which of its cells are lit and which are transparent: 7 + 7 bits, so
the whole rule is one table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import carray, njit
from alignenv.envs.compiled.memory import pointer, store_word
from alignenv.envs.grid.cells import EMPTY_CELL, ENCODING, NOTHING, OPAQUE, Cells
from alignenv.envs.grid.world import AHEAD, Agent

SIZE = 7
MIDDLE = SIZE // 2
IMAGE_BYTES = SIZE * SIZE * 3

_ROW_BITS = (1 << SIZE) - 1


def _spread(lit: int, transparent: int) -> int:
    """MiniGrid's `process_vis` for one row: lit cells of this row and, above them, of the next."""
    ahead = 0
    for sweep, step in ((range(SIZE - 1), 1), (range(SIZE - 1, 0, -1), -1)):
        for i in sweep:
            if lit >> i & transparent >> i & 1:
                lit |= 1 << (i + step)
                ahead |= 1 << (i + step) | 1 << i
    return lit | ahead << SIZE


SPREAD = np.array(
    [[_spread(lit, clear) for clear in range(_ROW_BITS + 1)] for lit in range(_ROW_BITS + 1)],
    dtype=np.int64,
)
"""`SPREAD[lit, transparent]`: lit cells of the row in the low 7 bits, of the next row above."""

WORDS = np.pad(ENCODING, ((0, 0), (0, 1))).view(np.uint32)[:, 0].copy()
"""MiniGrid's three bytes of a code and a fourth of no meaning, in one word, `(256,)`."""


@njit
def look(cells: Cells, agent: Agent, see_through: int) -> Any:
    """Which cells of the view the agent sees: bit `7 * row + column` of a uint64."""
    if see_through:
        return ~np.uint64(0)
    forward = AHEAD[agent.direction]
    right = AHEAD[(agent.direction + 1) & 3]
    start = agent.position - MIDDLE * right
    lit, seen = 1 << MIDDLE, np.uint64(0)
    for row in range(SIZE - 1, -1, -1):
        place, transparent = start, 0
        for column in range(SIZE):
            transparent |= (cells[place] < OPAQUE) << column
            place += right
        spread = SPREAD[lit, transparent]
        seen |= np.uint64(spread & _ROW_BITS) << np.uint64(SIZE * row)
        lit = spread >> SIZE
        start += forward
    return seen


@njit
def draw_view(cells: Cells, agent: Agent, see_through: int, address: int) -> None:
    """Write MiniGrid's image `(column, row, channel)` to an address, 147 bytes.

    Words of four bytes are written at every third: each spoils the first byte of the next, so
    that the order is that of memory, and the byte after the last one is put back.
    """
    seen = look(cells, agent, see_through)
    forward = AHEAD[agent.direction]
    right = AHEAD[(agent.direction + 1) & 3]
    start = agent.position + (SIZE - 1) * forward - MIDDLE * right
    behind = carray(pointer(address + IMAGE_BYTES), 1, np.uint8)
    kept = behind[0]
    for column in range(SIZE):
        place = start
        for row in range(SIZE):
            is_seen = (seen >> np.uint64(SIZE * row + column)) & np.uint64(1)
            store_word(address, WORDS[cells[place] if is_seen else NOTHING])
            address += 3
            place -= forward
        if column == MIDDLE:
            store_word(address - 3, WORDS[agent.carried if agent.carried else EMPTY_CELL])
        start += right
    behind[0] = kept


def image_buffer(n_envs: int) -> npt.NDArray[np.uint8]:
    """Memory for N images and the byte behind them."""
    return np.zeros(n_envs * IMAGE_BYTES + 1, dtype=np.uint8)


def image_view(buffer: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Images `(N, 7, 7, 3)` in a buffer of N."""
    return buffer[:-1].reshape(-1, SIZE, SIZE, 3)
