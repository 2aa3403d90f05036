"""The arrays of N grids: cells, agents, random streams, and what never changes.

A grid is stored row by row with a margin of walls, so that nothing ever looks outside. Rows share
their side margins: the right margin of one row is the left margin of the next. A place is an index
into that array, `32 * row + column`, and moving is adding an offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import carray, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.compiled.rng import STREAM_SIZE
from alignenv.envs.grid.cells import EMPTY_CELL, WALL_CELL
from alignenv.envs.grid.layout import GridLayout
from alignenv.errors import ConfigError

MARGIN = 5
"""Cells beyond the outer wall that a view can reach: 6 ahead of an agent one cell inside."""

STRIDE = 32
MAX_WIDTH = STRIDE - MARGIN

AHEAD = np.array([1, STRIDE, -1, -STRIDE], dtype=np.int64)
"""Offset of one step in each direction: right, down, left, up."""

NOWHERE = 0
"""A place in the margin, where nothing ever is: no place."""

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
        ("carried", np.int64),
        ("bumped", np.int64),
        ("known", np.int64),
    ]
)


MAX_MOVERS = 8

MISSION = np.dtype(
    [
        ("wanted", np.int64),
        ("other", np.int64),
        ("aim", np.int64),
        ("trap", np.int64),
        ("words", np.int64),
        ("last", np.int64),
        ("hit", np.int64),
        ("first", np.int64),
        ("second", np.int64),
        ("third", np.int64),
        ("fetched", np.int64),
        ("n_movers", np.int64),
        ("movers", np.int64, (MAX_MOVERS,)),
    ]
)


class Mission(Protocol):
    """One row of a `MISSION` array: what an episode asks for where the layout does not say it all.

    Attributes:
        wanted: Code of the thing that the mission names first, 0 for none.
        other: Code of the thing that it names second, 0 for none.
        aim: Place that matters: see the rules in `alignenv.envs.grid.missions`.
        trap: Place that must not be entered, or door that must not be opened first.
        words: Which of several wordings, or a colour that the text names.
        last: The last action.
        hit: 1 when the agent walked into something that ends the episode.
        first: Place of the first thing to show, 0 for none; so `second` and `third`.
        second: Place.
        third: Place.
        fetched: Place from which the walks to the key of a maze's next door were counted.
        n_movers: Number of things that move by themselves.
        movers: Their places, in the order in which they move.
    """

    wanted: int
    other: int
    aim: int
    trap: int
    words: int
    last: int
    hit: int
    first: int
    second: int
    third: int
    fetched: int
    n_movers: int
    movers: Ints


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


class World(NamedTuple):
    """Everything that changes, one row per environment.

    Attributes:
        n_envs: N.
        cells: Codes, uint8 `(N, area)`.
        agents: Dtype `AGENT`, `(N,)`.
        streams: Random streams, uint64 `(N, 6)`.
        fresh: Where an episode begins or has just begun, bool `(N,)`.
        scratch: Room for a generator's notes, `(16, 16)`.
        missions: Dtype `MISSION`, `(N,)`.
        shapes: Width, height and arguments of the generator for new episodes, `(N, 6)`.
    """

    n_envs: int
    cells: npt.NDArray[np.uint8]
    agents: Sequence[Agent]
    streams: npt.NDArray[np.uint64]
    fresh: Mask
    scratch: Ints
    missions: Sequence[Mission]
    shapes: Ints


class Geometry(NamedTuple):
    """What all grids of one layout share.

    Attributes:
        area: Length of a row of cells.
        width: Cells, outer walls included.
        height: Cells, outer walls included.
        see_through: Whether nothing hides what is behind.
        rule: How an episode ends, see `alignenv.envs.grid.missions`.
        blank: Cells of a grid without anything in it, uint8 `(area,)`.
        params: Arguments of the generator.
    """

    area: int
    width: int
    height: int
    see_through: int
    rule: int
    blank: npt.NDArray[np.uint8]
    params: Ints


MAX_PARAMS = 4
_SCRATCH = 16
_GEOMETRY = 0
_WORLD = _GEOMETRY + len(Geometry._fields)
AFTER_WORLD = _WORLD + len(World._fields)
"""Where groups after geometry and world begin in a table."""


@njit
def place_at(x: int, y: int) -> int:
    """Place of column `x`, row `y`."""
    return (y + MARGIN) * STRIDE + x + MARGIN


@njit
def x_of(place: int) -> int:
    """Column of a place."""
    return (place & (STRIDE - 1)) - MARGIN


@njit
def y_of(place: int) -> int:
    """Row of a place."""
    return place // STRIDE - MARGIN


@njit
def geometry_at(table: Table) -> Geometry:
    """The first group of a table."""
    area = table[_GEOMETRY]
    return Geometry(
        area,
        table[_GEOMETRY + 1],
        table[_GEOMETRY + 2],
        table[_GEOMETRY + 3],
        table[_GEOMETRY + 4],
        carray(pointer(table[_GEOMETRY + 5]), area, np.uint8),
        carray(pointer(table[_GEOMETRY + 6]), MAX_PARAMS, np.int64),
    )


@njit
def world_at(table: Table) -> World:
    """The second group of a table."""
    n_envs, area = table[_WORLD], table[_GEOMETRY]
    return World(
        n_envs,
        carray(pointer(table[_WORLD + 1]), (n_envs, area), np.uint8),
        carray(pointer(table[_WORLD + 2]), n_envs, AGENT),
        carray(pointer(table[_WORLD + 3]), (n_envs, STREAM_SIZE), np.uint64),
        carray(pointer(table[_WORLD + 4]), n_envs, np.bool_),
        carray(pointer(table[_WORLD + 5]), (_SCRATCH, _SCRATCH), np.int64),
        carray(pointer(table[_WORLD + 6]), n_envs, MISSION),
        carray(pointer(table[_WORLD + 7]), (n_envs, 2 + MAX_PARAMS), np.int64),
    )


@njit
def shape_of(n: int, geometry: Geometry, world: World) -> Geometry:
    """The geometry of one environment's next episode, for its generator."""
    return Geometry(
        geometry.area,
        world.shapes[n, 0],
        world.shapes[n, 1],
        geometry.see_through,
        geometry.rule,
        geometry.blank,
        world.shapes[n, 2:],
    )


def build_geometry(layout: GridLayout, params: Sequence[int], rule: int = 0) -> Geometry:
    """Tables for one layout.

    Args:
        layout: The grids.
        params: Arguments of the generator.
        rule: How an episode ends.

    Raises:
        ConfigError: The grid is too wide to be stored.
    """
    if layout.width > MAX_WIDTH:
        raise ConfigError(
            f"A grid is at most {MAX_WIDTH} cells wide; got {layout.width}.",
            cure="Choose a narrower layout.",
        )
    rows = np.full((layout.height + 2 * MARGIN + 1, STRIDE), WALL_CELL, dtype=np.uint8)
    rows[MARGIN : MARGIN + layout.height, MARGIN : MARGIN + layout.width] = EMPTY_CELL
    return Geometry(
        area=rows.size,
        width=layout.width,
        height=layout.height,
        see_through=int(layout.see_through_walls),
        rule=rule,
        blank=rows.ravel(),
        params=np.array([*params, *[0] * MAX_PARAMS][:MAX_PARAMS], dtype=np.int64),
    )


def build_world(n_envs: int, geometry: Geometry) -> World:
    """N empty grids without agents; `begin` of a generator fills them."""
    return World(
        n_envs=n_envs,
        cells=np.tile(geometry.blank, (n_envs, 1)),
        agents=cast("Sequence[Agent]", np.zeros(n_envs, dtype=AGENT)),
        streams=np.zeros((n_envs, STREAM_SIZE), dtype=np.uint64),
        fresh=np.zeros(n_envs, dtype=np.bool_),
        scratch=np.zeros((_SCRATCH, _SCRATCH), dtype=np.int64),
        missions=cast("Sequence[Mission]", np.zeros(n_envs, dtype=MISSION)),
        shapes=np.tile([geometry.width, geometry.height, *geometry.params], (n_envs, 1)),
    )
