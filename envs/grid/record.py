"""Compiled code that writes the tracked features of one environment into its state record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from alignenv.envs.compiled.jit import carray, inlined, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.grid.cells import EMPTY, KEY, KIND, LAVA, LOCKED, OPEN, STATE, UNSEEN, Cells
from alignenv.envs.grid.charts import (
    AFTER_CHARTS,
    N_COMMON_WALKS,
    THROUGH_ALL,
    THROUGH_DOORS,
    TO_AIM,
    TO_BALL,
    TO_BOX,
    TO_DOOR,
    TO_GOAL,
    TO_KEY,
    TO_TRAP,
    TO_WANTED,
    WALK_AIM,
    WALK_KEY,
    WALK_WANTED,
    Charts,
    Things,
    find_things,
    number_rooms,
    update_walk,
)
from alignenv.envs.grid.dynamics import is_closed_door
from alignenv.envs.grid.features import FEATURE_COLUMNS, N_FEATURE_COLUMNS
from alignenv.envs.grid.view import MIDDLE, SIZE, look
from alignenv.envs.grid.world import AHEAD, NOWHERE, Agent, Floats, Geometry, Ints, x_of, y_of
from alignenv.spec import StateSpec

AGENT_POS = FEATURE_COLUMNS["agent_pos"].start
AGENT_DIR = FEATURE_COLUMNS["agent_dir"].start
CARRYING_KEY = FEATURE_COLUMNS["carrying_key"].start
KEY_POS = FEATURE_COLUMNS["key_pos"].start
DOOR_POS = FEATURE_COLUMNS["door_pos"].start
DOOR_OPEN = FEATURE_COLUMNS["door_open"].start
DOOR_LOCKED = FEATURE_COLUMNS["door_locked"].start
GOAL_POS = FEATURE_COLUMNS["goal_pos"].start
PATH_TO_KEY = FEATURE_COLUMNS["path_to_key"].start
PATH_TO_DOOR = FEATURE_COLUMNS["path_to_door"].start
PATH_TO_GOAL = FEATURE_COLUMNS["path_to_goal"].start
PATH_THROUGH_DOORS = FEATURE_COLUMNS["path_through_doors"].start
BUMPED = FEATURE_COLUMNS["bumped"].start
N_ROOMS = FEATURE_COLUMNS["n_rooms"].start
ROOM_INDEX = FEATURE_COLUMNS["room_index"].start
DOORS_OPEN = FEATURE_COLUMNS["doors_open"].start
NEXT_DOOR_POS = FEATURE_COLUMNS["next_door_pos"].start
PATH_TO_NEXT_DOOR = FEATURE_COLUMNS["path_to_next_door"].start
FACING_DOOR = FEATURE_COLUMNS["facing_door"].start
LAVA_AHEAD = FEATURE_COLUMNS["lava_ahead"].start
DEAD = FEATURE_COLUMNS["dead"].start
VIEW = FEATURE_COLUMNS["view"].start

_OWN_CELL = SIZE * (SIZE - 1) + MIDDLE
_NEEDED_BY = {
    TO_KEY: {"path_to_key"},
    TO_DOOR: {"path_to_door"},
    TO_GOAL: {"path_to_goal"},
    THROUGH_DOORS: {"path_through_doors", "next_door_pos", "path_to_next_door"},
    TO_BALL: {"path_to_ball"},
    TO_BOX: {"path_to_box"},
    TO_WANTED: {"path_to_wanted"},
    TO_AIM: {"path_to_aim"},
    TO_TRAP: {"path_to_trap"},
    WALK_WANTED: {"walk_to_wanted"},
    WALK_AIM: {"walk_to_aim"},
    WALK_KEY: {"walk_to_key"},
    THROUGH_ALL: {"walk_through_all"},
}
_OF_MAZES = {
    *("doors_left", "gate_pos", "gate_locked", "path_to_gate", "carrying_gate_key"),
    *("gate_key_pos", "gate_key_in_box", "path_to_gate_key", "blocker_pos", "path_to_blocker"),
}


class Recorder(NamedTuple):
    """What to record and where.

    Attributes:
        size: Length of a record.
        n_pairs: Number of columns to copy, k.
        sources: Feature columns they come from, `(k,)`.
        targets: Columns of a record they go to, `(k,)`.
        walks: Bit mask of the walks that are needed.
        rooms: Whether room numbers are needed.
        sight: Whether the view is needed.
        maze: Whether it is needed what lies between the agent and the thing it wants.
        facts: Scratch, one value per feature column.
        state: Records after the last transition, `(N, size)`.
        start: Records before the next one, `(N, size)`.
    """

    size: int
    n_pairs: int
    sources: Ints
    targets: Ints
    walks: int
    rooms: int
    sight: int
    maze: int
    facts: Floats
    state: Floats
    start: Floats


_RECORDER = AFTER_CHARTS
AFTER_RECORDER = _RECORDER + len(Recorder._fields)


@njit
def recorder_at(table: Table, n_envs: int) -> Recorder:
    """The fourth group of a table."""
    size, n_pairs = table[_RECORDER], table[_RECORDER + 1]
    return Recorder(
        size,
        n_pairs,
        carray(pointer(table[_RECORDER + 2]), n_pairs, np.int64),
        carray(pointer(table[_RECORDER + 3]), n_pairs, np.int64),
        table[_RECORDER + 4],
        table[_RECORDER + 5],
        table[_RECORDER + 6],
        table[_RECORDER + 7],
        carray(pointer(table[_RECORDER + 8]), N_FEATURE_COLUMNS, np.float64),
        carray(pointer(table[_RECORDER + 9]), (n_envs, size), np.float64),
        carray(pointer(table[_RECORDER + 10]), (n_envs, size), np.float64),
    )


@njit
def record(
    n: int,
    row: Floats,
    recorder: Recorder,
    cells: Cells,
    agent: Agent,
    charts: Charts,
    geometry: Geometry,
) -> None:
    """Fill the tracked columns of one environment's record."""
    note_facts(n, recorder, cells, agent, charts, geometry)
    copy_facts(row, recorder)


@inlined
def copy_facts(row: Floats, recorder: Recorder) -> None:
    """Copy the tracked features to a record."""
    for index in range(recorder.n_pairs):
        row[recorder.targets[index]] = recorder.facts[recorder.sources[index]]


@inlined
def note_facts(
    n: int, recorder: Recorder, cells: Cells, agent: Agent, charts: Charts, geometry: Geometry
) -> None:
    """Find the features that all grids have."""
    facts = recorder.facts
    things = charts.things[n]
    find_things(cells, agent, things, geometry)
    for walk in range(N_COMMON_WALKS):
        if recorder.walks >> walk & 1:
            update_walk(walk, n, cells, agent, charts)
    if recorder.rooms:
        number_rooms(cells, agent, charts.queue, charts.rooms[n])
    note_agent(facts, cells, agent)
    gate = note_ways(facts, n, agent, charts)
    note_things(facts, cells, agent, things, gate)
    if recorder.sight:
        note_view(facts, cells, agent, geometry.see_through)


@njit
def note_agent(facts: Floats, cells: Cells, agent: Agent) -> None:
    """The agent, what it stands on and what it faces."""
    front = cells[agent.position + AHEAD[agent.direction]]
    facts[AGENT_DIR] = agent.direction
    facts[BUMPED] = agent.bumped
    facts[FACING_DOOR] = is_closed_door(front)
    facts[LAVA_AHEAD] = KIND[front] == LAVA
    facts[DEAD] = KIND[cells[agent.position]] == LAVA


@njit
def note_things(facts: Floats, cells: Cells, agent: Agent, things: Things, gate: int) -> None:
    """Key, doors and goal, and the places of all that has one; -1, -1 for none."""
    holds_key = KIND[agent.carried] == KEY
    door = things.doors[0]
    facts[CARRYING_KEY] = holds_key
    facts[DOOR_OPEN] = door != NOWHERE and STATE[cells[door]] == OPEN
    facts[DOOR_LOCKED] = STATE[cells[door]] == LOCKED
    facts[DOORS_OPEN] = things.n_open
    facts[N_ROOMS] = things.n_doors + 1
    for column, place in (
        (AGENT_POS, agent.position),
        (KEY_POS, agent.position if holds_key else things.key),
        (DOOR_POS, door),
        (GOAL_POS, things.goal),
        (NEXT_DOOR_POS, gate),
    ):
        facts[column] = facts[column + 1] = -1.0
        if place != NOWHERE:
            facts[column] = x_of(place)
            facts[column + 1] = y_of(place)


@njit
def note_ways(facts: Floats, n: int, agent: Agent, charts: Charts) -> int:
    """Steps to things and the room, stale where not asked for; the next door on the way."""
    here = agent.position
    facts[PATH_TO_KEY] = 0 if KIND[agent.carried] == KEY else charts.walks[n, TO_KEY, here]
    facts[PATH_TO_DOOR] = charts.walks[n, TO_DOOR, here]
    facts[PATH_TO_GOAL] = charts.walks[n, TO_GOAL, here]
    facts[ROOM_INDEX] = charts.rooms[n, here]
    steps, gate = charts.walks[n, THROUGH_DOORS, here], max(charts.gates[n, here], NOWHERE)
    facts[PATH_THROUGH_DOORS] = steps
    facts[PATH_TO_NEXT_DOOR] = -1
    if gate != NOWHERE:
        facts[PATH_TO_NEXT_DOOR] = steps - charts.walks[n, THROUGH_DOORS, gate]
    return int(gate)


@njit
def note_view(facts: Floats, cells: Cells, agent: Agent, see_through: int) -> None:
    """Objects in view, farthest row first."""
    seen = look(cells, agent, see_through)
    forward = AHEAD[agent.direction]
    right = AHEAD[(agent.direction + 1) & 3]
    for row in range(SIZE):
        place = agent.position + (SIZE - 1 - row) * forward - MIDDLE * right
        for column in range(SIZE):
            index = SIZE * row + column
            is_seen = (seen >> np.uint64(index)) & np.uint64(1)
            facts[VIEW + index] = KIND[cells[place]] if is_seen else UNSEEN
            place += right
    facts[VIEW + _OWN_CELL] = KIND[agent.carried] if agent.carried else EMPTY


def build_recorder(
    spec: StateSpec, feature_of: Mapping[str, str], state: Floats, start: Floats
) -> Recorder:
    """Recorder of some state fields.

    Args:
        spec: Of the records.
        feature_of: Feature behind each field that is wanted.
        state: Where records after a transition go, `(N, spec.size)`.
        start: Where records before the next one go, `(N, spec.size)`.
    """
    wanted = set(feature_of.values())
    pairs = [
        (FEATURE_COLUMNS[feature].start + k, spec.offsets[field] + k)
        for field, feature in feature_of.items()
        for k in range(spec[field].size)
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Recorder(
        size=spec.size,
        n_pairs=len(pairs),
        sources=table[:, 0].copy(),
        targets=table[:, 1].copy(),
        walks=sum(1 << walk for walk, features in _NEEDED_BY.items() if features & wanted),
        rooms=int("room_index" in wanted),
        sight=int("view" in wanted),
        maze=int(bool(_OF_MAZES & wanted)),
        facts=np.zeros(N_FEATURE_COLUMNS),
        state=state,
        start=start,
    )
