"""Compiled code that writes the tracked facts of one environment into its state record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from alignenv.envs.compiled.jit import carray, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.craft.cells import ANIMAL, LAVA, N_ITEMS, SOUGHT_INDEX
from alignenv.envs.craft.features import FEATURE_COLUMNS, N_FEATURE_COLUMNS
from alignenv.envs.craft.sight import N_SOUGHT, find_ways
from alignenv.envs.craft.world import (
    AFTER_WORLD,
    AHEAD,
    NOWHERE,
    Agent,
    Floats,
    Ints,
    World,
    depth_of,
    x_of,
    y_of,
)
from alignenv.spec import StateSpec

_ANIMAL = int(SOUGHT_INDEX[ANIMAL])
_START = {name: columns.start for name, columns in FEATURE_COLUMNS.items()}
_POSITION, _FACING, _FRONT = _START["agent_pos"], _START["facing"], _START["front"]
_WAYS, _ITEMS, _PICKAXE = _START["path_to_tree"], _START["wood"], _START["pickaxe"]
_TABLES, _NEAR_TABLE, _EXPLORED = _START["tables"], _START["near_table"], _START["explored"]
_DEPTH, _DARK, _DEAD = _START["depth"], _START["dark"], _START["dead"]
_LAVA_NEAR, _LAVA_AHEAD = _START["lava_near"], _START["lava_ahead"]
_HEALTH, _COLLECTED, _CRAFTED = _START["animal_health"], _START["collected"], _START["crafted"]
_PLACED, _HIT, _BUMPED = _START["placed_stone"], _START["hit"], _START["bumped"]


class Recorder(NamedTuple):
    """What to record and where.

    Attributes:
        size: Length of a record.
        n_pairs: Number of columns to copy, k.
        sources: Feature columns they come from, `(k,)`.
        targets: Columns of a record they go to, `(k,)`.
        has_ways: Whether ways are needed.
        facts: Scratch, one value per feature column.
        nearest: Scratch of the search, `(2 * N_SOUGHT,)`.
        ways: Scratch of the search, `(N_SOUGHT,)`.
        state: Records after the last transition, `(N, size)`.
        start: Records before the next one, `(N, size)`.
    """

    size: int
    n_pairs: int
    sources: Ints
    targets: Ints
    has_ways: int
    facts: Floats
    nearest: Ints
    ways: Ints
    state: Floats
    start: Floats


_RECORDER = AFTER_WORLD
AFTER_RECORDER = _RECORDER + len(Recorder._fields)


@njit
def recorder_at(table: Table, n_envs: int) -> Recorder:
    """The second group of a table."""
    size, n_pairs = table[_RECORDER], table[_RECORDER + 1]
    return Recorder(
        size,
        n_pairs,
        carray(pointer(table[_RECORDER + 2]), n_pairs, np.int64),
        carray(pointer(table[_RECORDER + 3]), n_pairs, np.int64),
        table[_RECORDER + 4],
        carray(pointer(table[_RECORDER + 5]), N_FEATURE_COLUMNS, np.float64),
        carray(pointer(table[_RECORDER + 6]), 2 * N_SOUGHT, np.int64),
        carray(pointer(table[_RECORDER + 7]), N_SOUGHT, np.int64),
        carray(pointer(table[_RECORDER + 8]), (n_envs, size), np.float64),
        carray(pointer(table[_RECORDER + 9]), (n_envs, size), np.float64),
    )


@njit
def record(n: int, row: Floats, recorder: Recorder, world: World) -> None:
    """Fill the tracked columns of one environment's record; `nearest` is up to date."""
    facts, agent = recorder.facts, world.agents[n]
    if recorder.has_ways:
        note_animal(n, facts, world, recorder.nearest[_ANIMAL])
        find_ways(n, world, recorder.nearest, recorder.ways)
        for index in range(N_SOUGHT):
            facts[_WAYS + index] = recorder.ways[index]
    note_place(n, facts, world)
    note_agent(facts, agent)
    for index in range(recorder.n_pairs):
        row[recorder.targets[index]] = facts[recorder.sources[index]]


@njit
def note_place(n: int, facts: Floats, world: World) -> None:
    """Where the agent is and what is next to it."""
    cells, agent = world.cells[n], world.agents[n]
    here = agent.position
    front = cells[here + AHEAD[agent.facing]]
    depth = max(depth_of(world.rims[n], here), 0)
    facts[_POSITION], facts[_POSITION + 1] = x_of(here), y_of(here)
    facts[_FACING] = agent.facing
    facts[_FRONT] = front
    facts[_DEPTH] = depth
    facts[_DARK] = depth > 0
    facts[_LAVA_AHEAD] = front == LAVA
    facts[_DEAD] = cells[here] == LAVA
    facts[_LAVA_NEAR] = 0
    for heading in range(4):
        facts[_LAVA_NEAR] += cells[here + AHEAD[heading]] == LAVA


@njit
def note_agent(facts: Floats, agent: Agent) -> None:
    """What the agent has, and what it just did."""
    for item in range(N_ITEMS):
        facts[_ITEMS + item] = agent.items[item]
    facts[_PICKAXE] = agent.tier
    facts[_TABLES] = agent.tables
    facts[_NEAR_TABLE] = agent.near_table
    facts[_EXPLORED] = agent.explored
    facts[_COLLECTED] = agent.collected
    facts[_CRAFTED] = agent.crafted
    facts[_PLACED] = agent.placed_stone
    facts[_HIT] = agent.hit
    facts[_BUMPED] = agent.bumped


@njit
def note_animal(n: int, facts: Floats, world: World, place: int) -> None:
    """Health of the nearest animal in sight."""
    facts[_HEALTH] = -1
    if place != NOWHERE:
        for index in range(world.agents[n].n_animals):
            if world.animals[n][index].place == place:
                facts[_HEALTH] = world.animals[n][index].health


def build_recorder(
    spec: StateSpec, fields: Iterable[str], state: Floats, start: Floats
) -> Recorder:
    """Recorder of some state fields.

    Args:
        spec: Of the records; its fields are features.
        fields: Names of those that are wanted.
        state: Where records after a transition go, `(N, spec.size)`.
        start: Where records before the next one go, `(N, spec.size)`.

    Raises:
        UnknownName: A field is not one of the spec's.
    """
    wanted = list(fields)
    pairs = [
        (FEATURE_COLUMNS[name].start + k, spec.offsets[name] + k)
        for name in wanted
        for k in range(spec[name].size)
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Recorder(
        size=spec.size,
        n_pairs=len(pairs),
        sources=table[:, 0].copy(),
        targets=table[:, 1].copy(),
        has_ways=int(any(name.startswith(("path_", "animal_")) for name in wanted)),
        facts=np.zeros(N_FEATURE_COLUMNS),
        nearest=np.zeros(2 * N_SOUGHT, dtype=np.int64),
        ways=np.zeros(N_SOUGHT, dtype=np.int64),
        state=state,
        start=start,
    )
