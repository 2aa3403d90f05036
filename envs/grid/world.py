"""The arrays of N grids: cells, agents and what never changes.

A grid is stored row by row with a margin of walls, so that nothing ever looks outside. Rows share
their side margins: the right margin of one row is the left margin of the next. A place is one
index into that row, and moving is adding an offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from alignenv.envs.grid.cells import EMPTY_CELL, TRANSPARENT, WALL_CELL
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.rng import STREAM_SIZE

MARGIN = 5
"""Cells beyond the outer wall that a view can reach: 6 ahead of an agent one cell inside."""

ROOMS_KNOWN = 1
"""Bit of `known` for the one chart that no action can change."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

AGENT = np.dtype(
    [
        ("position", np.int64),
        ("direction", np.int64),
        ("clock", np.int64),
        ("home", np.int64),
        ("carried", np.uint8),
        ("bumped", np.uint8),
        ("known", np.uint8),
    ],
    align=True,
)


class Agent(Protocol):
    """One row of an `AGENT` array, as compiled code sees it.

    Attributes:
        position: Place in the padded grid.
        direction: 0 right, 1 down, 2 left, 3 up.
        clock: Steps taken in this episode.
        home: Place where the episode began.
        carried: Code of the object in hand, 0 for none.
        bumped: 1 when the last action was a blocked step forward.
        known: Bit mask of the charts that still describe the grid.
    """

    position: int
    direction: int
    clock: int
    home: int
    carried: int
    bumped: int
    known: int


Agents = Sequence[Agent]
"""An array of dtype `AGENT`, shape `(N,)`."""


class World(NamedTuple):
    """Everything that changes, one row per environment.

    Attributes:
        cells: Codes, uint8 `(N, area)`.
        agents: Dtype `AGENT`, `(N,)`.
        streams: Random streams, uint64 `(N, 6)`.
    """

    cells: npt.NDArray[np.uint8]
    agents: Agents
    streams: npt.NDArray[np.uint64]


class Geometry(NamedTuple):
    """What all grids of one layout share.

    Attributes:
        width: Cells, outer walls included.
        height: Cells, outer walls included.
        stride: Offset from a place to the one below it.
        ahead: Offset of one step in each direction, `(4,)`.
        sight: Offsets of the cells of the view, `(direction, row, column)`.
        transparent: 1 for codes that do not hide what is behind, uint8 `(256,)`.
        x: Column of each place, float64 `(area,)`.
        y: Row of each place, float64 `(area,)`.
        blank: Cells of a grid without anything in it, uint8 `(area,)`.
    """

    width: int
    height: int
    stride: int
    ahead: Ints
    sight: Ints
    transparent: npt.NDArray[np.uint8]
    x: Floats
    y: Floats
    blank: npt.NDArray[np.uint8]


def _sight(ahead: Ints) -> Ints:
    offsets = np.zeros((4, 7, 7), dtype=np.int64)
    for direction in range(4):
        forward, right = ahead[direction], ahead[(direction + 1) % 4]
        for row in range(7):
            for column in range(7):
                offsets[direction, row, column] = (6 - row) * forward + (column - 3) * right
    return offsets


def build_geometry(layout: GridLayout) -> Geometry:
    """Tables for one layout."""
    stride = layout.width + MARGIN
    area = (layout.height + 2 * MARGIN) * stride + MARGIN
    ahead = np.array([1, stride, -1, -stride], dtype=np.int64)
    place = np.arange(area) - MARGIN
    geometry = Geometry(
        width=layout.width,
        height=layout.height,
        stride=stride,
        ahead=ahead,
        sight=_sight(ahead),
        transparent=np.ones(256, np.uint8) if layout.see_through_walls else TRANSPARENT,
        x=(place % stride).astype(np.float64),
        y=(place // stride - MARGIN).astype(np.float64),
        blank=np.full(area, WALL_CELL, dtype=np.uint8),
    )
    for y in range(layout.height):
        row = (y + MARGIN) * stride + MARGIN
        geometry.blank[row : row + layout.width] = EMPTY_CELL
    return geometry


def build_world(n_envs: int, geometry: Geometry) -> World:
    """N empty grids without agents; `begin` of a generator fills them."""
    return World(
        cells=np.tile(geometry.blank, (n_envs, 1)),
        agents=cast("Agents", np.zeros(n_envs, dtype=AGENT)),
        streams=np.zeros((n_envs, STREAM_SIZE), dtype=np.uint64),
    )
