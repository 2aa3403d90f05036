"""The agent's 7x7 view, byte for byte MiniGrid's, by table lookup.

MiniGrid spreads visibility through the view row by row, from the agent's row outwards. What one
row passes on depends only on which of its cells are lit and which are transparent: 7 + 7 bits, so
the whole rule is one table.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.grid.cells import EMPTY_CELL, ENCODING, NOTHING, Cells
from alignenv.envs.grid.jit import njit
from alignenv.envs.grid.world import Agent, Geometry

SIZE = 7
MIDDLE = SIZE // 2
_ALL = 1 << SIZE

Image = npt.NDArray[np.uint8]
"""MiniGrid's encoding of a view, `(column, row, channel)`; row 6 is the agent's, column 3 too."""


def _spread(lit: int, transparent: int) -> int:
    """MiniGrid's `process_vis` for one row: lit cells of this row and, above them, of the next."""
    ahead = 0
    for sweep, step in ((range(SIZE - 1), 1), (range(SIZE - 1, 0, -1), -1)):
        for i in sweep:
            if lit >> i & transparent >> i & 1:
                lit |= 1 << (i + step)
                ahead |= 1 << (i + step) | 1 << i
    return lit | ahead << SIZE


SPREAD = np.array([[_spread(m, t) for t in range(_ALL)] for m in range(_ALL)], dtype=np.int64)
"""`SPREAD[lit, transparent]`: lit cells of the row in the low 7 bits, of the next row above."""


@njit
def see(cells: Cells, agent: Agent, geometry: Geometry, image: Image) -> None:
    """Write what the agent sees, with what it carries at its own place."""
    sight = geometry.sight[agent.direction]
    here = agent.position
    lit = 1 << MIDDLE
    for row in range(SIZE - 1, -1, -1):
        transparent = 0
        for column in range(SIZE):
            transparent |= geometry.transparent[cells[here + sight[row, column]]] << column
        spread = SPREAD[lit, transparent]
        for column in range(SIZE):
            seen = NOTHING
            if (spread >> column) & 1:
                seen = cells[here + sight[row, column]]
            for channel in range(3):
                image[column, row, channel] = ENCODING[seen, channel]
        lit = spread >> SIZE
    held = agent.carried if agent.carried != NOTHING else EMPTY_CELL
    for channel in range(3):
        image[MIDDLE, SIZE - 1, channel] = ENCODING[held, channel]
