"""The arrays of N worlds: cells, what is remembered of them, agents, animals, random streams.

A world is 32 x 32 cells with a margin of bedrock as wide as the agent sees, so that nothing ever
looks outside. A place is an index into that array, `40 * row + column`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import carray, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.compiled.rng import STREAM_SIZE
from alignenv.envs.craft.cells import N_ITEMS, N_KINDS
from alignenv.envs.craft.layout import PARAMETERS, SIZE

SIGHT = 4
"""Cells an agent sees to each side in daylight: 9 x 9."""
DARK_SIGHT = 3
"""The same in the dark."""

MARGIN = SIGHT
STRIDE = SIZE + 2 * MARGIN
AREA = STRIDE * STRIDE

AHEAD = np.array([-STRIDE, 1, STRIDE, -1], dtype=np.int64)
"""Offset of one step in each direction: north, east, south, west."""

NOWHERE = 0
"""A place in the margin, where nothing ever is: no place."""

MAX_TREES, MAX_IRON, MAX_DIAMONDS, MAX_ANIMALS = 24, 8, 6, 4
MAX_THINGS = 2 * MAX_TREES + MAX_IRON + MAX_DIAMONDS
"""Trees, ores and tables; a table takes the wood of a tree."""

N_PARAMETERS = len(PARAMETERS)

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

AGENT = np.dtype(
    [
        ("position", np.int64),
        ("facing", np.int64),
        ("clock", np.int64),
        ("items", np.int64, (N_ITEMS,)),
        ("tier", np.int64),
        ("near_table", np.int64),
        ("tables", np.int64),
        ("n_things", np.int64),
        ("n_animals", np.int64),
        ("explored", np.int64),
        ("stone", np.int64),
        ("collected", np.int64),
        ("crafted", np.int64),
        ("placed_stone", np.int64),
        ("hit", np.int64),
        ("bumped", np.int64),
    ]
)

ANIMAL_STATE = np.dtype([("place", np.int64), ("health", np.int64), ("fright", np.int64)])


class Agent(Protocol):
    """One row of an `AGENT` array, as compiled code sees it.

    Attributes:
        position: Place.
        facing: 0 north, 1 east, 2 south, 3 west.
        clock: Steps taken in this episode.
        items: Number of each item in hand.
        tier: Best pickaxe, an index of `PICKAXES`.
        near_table: 1 where a table is within reach.
        tables: Tables placed.
        n_things: Length of the list of trees, ores and tables; those that are gone stay in it.
        n_animals: Animals at the beginning.
        explored: Cells seen so far.
        stone: Place of the nearest stone in sight, or else of the last one known; 0 for none.
        collected: 1 + item that the last step brought, 0 for none.
        crafted: 1 + recipe that the last step followed, 0 for none.
        placed_stone: 1 when the last step placed a stone.
        hit: 1 when the last step hit an animal.
        bumped: 1 when the last step was a blocked move.
    """

    position: int
    facing: int
    clock: int
    items: Ints
    tier: int
    near_table: int
    tables: int
    n_things: int
    n_animals: int
    explored: int
    stone: int
    collected: int
    crafted: int
    placed_stone: int
    hit: int
    bumped: int


class Animal(Protocol):
    """One row of an `ANIMAL_STATE` array.

    Attributes:
        place: Where it is; 0 once it is dead.
        health: Hits it can still take, plus one.
        fright: Steps for which it still flees.
    """

    place: int
    health: int
    fright: int


class World(NamedTuple):
    """Everything of N worlds; arrays have one row per environment.

    Attributes:
        n_envs: N.
        cells: Codes, uint8 `(N, AREA)`.
        seen: 1 where a cell was in sight once, and in the margin, uint8 `(N, AREA)`.
        rims: First row of the mountain in each column, `(N, 32)`.
        agents: Dtype `AGENT`, `(N,)`.
        animals: Dtype `ANIMAL_STATE`, `(N, 4)`.
        things: Places of trees, ores and tables, `(N, MAX_THINGS)`.
        streams: Random streams, uint64 `(N, 6)`.
        params: Arguments of the generator, `(N, N_PARAMETERS)`.
        fresh: Where an episode begins or has just begun, bool `(N,)`.
        steps: Scratch of a search, one number per place, `(AREA,)`.
        rings: Scratch of a search, three queues, `(3, 2 * AREA)`.
        counts: Scratch of a search, one number per kind of cell, `(N_KINDS,)`.
    """

    n_envs: int
    cells: npt.NDArray[np.uint8]
    seen: npt.NDArray[np.uint8]
    rims: Ints
    agents: Sequence[Agent]
    animals: Sequence[Sequence[Animal]]
    things: Places
    streams: npt.NDArray[np.uint64]
    params: Ints
    fresh: Mask
    steps: Places
    rings: Places
    counts: Ints


AFTER_WORLD = len(World._fields)
"""Where groups after the world begin in a table."""


@njit
def place_at(x: int, y: int) -> int:
    """Place of column `x`, row `y`."""
    return (y + MARGIN) * STRIDE + x + MARGIN


@njit
def x_of(place: int) -> int:
    """Column of a place."""
    return place % STRIDE - MARGIN


@njit
def y_of(place: int) -> int:
    """Row of a place."""
    return place // STRIDE - MARGIN


@njit
def distance(place: int, other: int) -> int:
    """Steps between two places if nothing were in the way."""
    return abs(x_of(place) - x_of(other)) + abs(y_of(place) - y_of(other))


@njit
def depth_of(rims: Ints, place: int) -> int:
    """How far below the rim of the mountain a place is: 1 for its first row, 0 or less above."""
    return int(y_of(place) - rims[x_of(place)] + 1)


@njit
def sight_of(rims: Ints, place: int) -> int:
    """How far one sees from a place: the mountain is dark."""
    return DARK_SIGHT if depth_of(rims, place) > 0 else SIGHT


@njit
def world_at(table: Table) -> World:
    """The first group of a table."""
    n_envs = table[0]
    return World(
        n_envs,
        carray(pointer(table[1]), (n_envs, AREA), np.uint8),
        carray(pointer(table[2]), (n_envs, AREA), np.uint8),
        carray(pointer(table[3]), (n_envs, SIZE), np.int64),
        carray(pointer(table[4]), n_envs, AGENT),
        carray(pointer(table[5]), (n_envs, MAX_ANIMALS), ANIMAL_STATE),
        carray(pointer(table[6]), (n_envs, MAX_THINGS), np.int16),
        carray(pointer(table[7]), (n_envs, STREAM_SIZE), np.uint64),
        carray(pointer(table[8]), (n_envs, N_PARAMETERS), np.int64),
        carray(pointer(table[9]), n_envs, np.bool_),
        carray(pointer(table[10]), AREA, np.int16),
        carray(pointer(table[11]), (3, 2 * AREA), np.int16),
        carray(pointer(table[12]), N_KINDS, np.int64),
    )


def build_world(n_envs: int) -> World:
    """N worlds of bedrock; the generator fills them."""
    return World(
        n_envs=n_envs,
        cells=np.zeros((n_envs, AREA), dtype=np.uint8),
        seen=np.zeros((n_envs, AREA), dtype=np.uint8),
        rims=np.zeros((n_envs, SIZE), dtype=np.int64),
        agents=cast("Sequence[Agent]", np.zeros(n_envs, dtype=AGENT)),
        animals=cast(
            "Sequence[Sequence[Animal]]", np.zeros((n_envs, MAX_ANIMALS), dtype=ANIMAL_STATE)
        ),
        things=np.zeros((n_envs, MAX_THINGS), dtype=np.int16),
        streams=np.zeros((n_envs, STREAM_SIZE), dtype=np.uint64),
        params=np.zeros((n_envs, N_PARAMETERS), dtype=np.int64),
        fresh=np.zeros(n_envs, dtype=np.bool_),
        steps=np.zeros(AREA, dtype=np.int16),
        rings=np.zeros((3, 2 * AREA), dtype=np.int16),
        counts=np.zeros(N_KINDS, dtype=np.int64),
    )
