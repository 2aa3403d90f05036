"""Facts about a grid that are costly to find and change only when the grid does.

Each chart of an environment is drawn when something asks for it and kept until an action changes
the grid; bits of `agent.known` say which charts hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import carray, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.grid.cells import (
    BALL,
    BOX,
    DOOR,
    GOAL,
    KEY,
    KIND,
    OPEN,
    PASSABLE,
    PASSABLE_BUT_DOORS,
    STATE,
    WALL,
    Cells,
)
from alignenv.envs.grid.dynamics import is_closed_door
from alignenv.envs.grid.world import (
    AFTER_WORLD,
    AHEAD,
    NOWHERE,
    ROOMS_KNOWN,
    Agent,
    Geometry,
    Ints,
    World,
    place_at,
)

MAX_DOORS = 6

TO_KEY, TO_DOOR, TO_GOAL, THROUGH_DOORS = range(4)
"""Walks: what they lead to, the last one to the goal as if every door were open."""
N_COMMON_WALKS = 4
TO_BALL, TO_BOX, TO_WANTED, TO_AIM, TO_TRAP = range(4, 9)
"""More walks, for layouts with missions."""
WALK_WANTED, WALK_AIM, WALK_KEY, THROUGH_ALL, GATE_KEY = range(9, 14)
"""Walks as if some doors were open; see `alignenv.envs.grid.charts_mission`."""
N_WALKS = 14
_THINGS_KNOWN = 2
FIRST_WALK_KNOWN = 4

Steps = npt.NDArray[np.int16]

THINGS = np.dtype(
    [
        ("key", np.int64),
        ("ball", np.int64),
        ("box", np.int64),
        ("goal", np.int64),
        ("n_doors", np.int64),
        ("n_open", np.int64),
        ("doors", np.int64, (MAX_DOORS,)),
    ]
)


class Things(Protocol):
    """One row of a `THINGS` array: places of objects, the first of a kind row by row, 0 for none.

    Attributes:
        key: Place.
        ball: Place.
        box: Place.
        goal: Place.
        n_doors: Number of doors.
        n_open: Number of open doors.
        doors: Places of the first six doors; the first is 0 when there is none.
    """

    key: int
    ball: int
    box: int
    goal: int
    n_doors: int
    n_open: int
    doors: Ints


class Charts(NamedTuple):
    """Charts of N grids.

    Attributes:
        things: Dtype `THINGS`, `(N,)`.
        walks: Steps to the target of each walk, -1 where there is none, `(N, 14, area)`.
        gates: First unopened door from each place to the goal, 0 for none, `(N, area)`.
        rooms: Doors passed from where the episode began, -1 where none leads, `(N, area)`.
        queue: Scratch for one search, `(area,)`.
    """

    things: Sequence[Things]
    walks: npt.NDArray[np.int16]
    gates: npt.NDArray[np.int16]
    rooms: npt.NDArray[np.int16]
    queue: npt.NDArray[np.int16]


_CHARTS = AFTER_WORLD
AFTER_CHARTS = _CHARTS + len(Charts._fields)


@njit
def charts_at(table: Table, world: World, geometry: Geometry) -> Charts:
    """The third group of a table."""
    n_envs, area = world.n_envs, geometry.area
    return Charts(
        carray(pointer(table[_CHARTS]), n_envs, THINGS),
        carray(pointer(table[_CHARTS + 1]), (n_envs, N_WALKS, area), np.int16),
        carray(pointer(table[_CHARTS + 2]), (n_envs, area), np.int16),
        carray(pointer(table[_CHARTS + 3]), (n_envs, area), np.int16),
        carray(pointer(table[_CHARTS + 4]), area, np.int16),
    )


def build_charts(n_envs: int, geometry: Geometry) -> Charts:
    """Empty charts; their memory is touched only where they are used."""
    area = geometry.area
    return Charts(
        things=cast("Sequence[Things]", np.zeros(n_envs, dtype=THINGS)),
        walks=np.zeros((n_envs, N_WALKS, area), dtype=np.int16),
        gates=np.zeros((n_envs, area), dtype=np.int16),
        rooms=np.zeros((n_envs, area), dtype=np.int16),
        queue=np.zeros(area, dtype=np.int16),
    )


@njit
def find_things(cells: Cells, agent: Agent, things: Things, geometry: Geometry) -> None:
    """Bring `things` up to date."""
    if agent.known & _THINGS_KNOWN:
        return
    agent.known |= _THINGS_KNOWN
    things.key = things.ball = things.box = things.goal = NOWHERE
    things.n_doors = things.n_open = 0
    things.doors[0] = NOWHERE
    for row in range(geometry.height):
        start = place_at(0, row)
        for place in range(start, start + geometry.width):
            kind = KIND[cells[place]]
            if kind == DOOR:
                if things.n_doors < MAX_DOORS:
                    things.doors[things.n_doors] = place
                things.n_doors += 1
                things.n_open += STATE[cells[place]] == OPEN
            elif kind == KEY and things.key == NOWHERE:
                things.key = place
            elif kind == BALL and things.ball == NOWHERE:
                things.ball = place
            elif kind == BOX and things.box == NOWHERE:
                things.box = place
            elif kind == GOAL and things.goal == NOWHERE:
                things.goal = place


@njit
def flood(cells: Cells, source: int, passable: Cells, queue: Steps, steps: Steps) -> int:
    """Steps from every place to the source by breadth-first search; how many places were walked.

    The source itself may be anything. Places that end the episode are reached, not crossed.
    """
    for place in range(steps.size):
        steps[place] = -1
    if source == NOWHERE:
        return 0
    steps[source] = 0
    queue[0] = source
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for direction in range(4):
            there = here + AHEAD[direction]
            if steps[there] < 0:
                entry = passable[cells[there]]
                if entry:
                    steps[there] = steps[here] + 1
                    if entry == 1:
                        queue[tail] = there
                        tail += 1
    return tail


@njit
def trace_gates(cells: Cells, n_walked: int, queue: Steps, steps: Steps, gates: Steps) -> None:
    """First unopened door on the way to the goal, from the order in which `flood` walked."""
    for place in range(gates.size):
        gates[place] = -1
    if n_walked:
        gates[queue[0]] = NOWHERE
    for index in range(n_walked):
        here = queue[index]
        gate = here if is_closed_door(cells[here]) else gates[here]
        for direction in range(4):
            there = here + AHEAD[direction]
            if steps[there] == steps[here] + 1 and gates[there] < 0:
                gates[there] = gate


@njit
def number_rooms(cells: Cells, agent: Agent, queue: Steps, rooms: Steps) -> None:
    """Bring the room numbers up to date: doors passed on the way to every place.

    Rooms are searched one number at a time: doors that lead out of them wait at the end of the
    queue until they are exhausted. A doorway belongs to the room behind it; objects, lava and
    goals do not bound a room.
    """
    if agent.known & ROOMS_KNOWN:
        return
    agent.known |= ROOMS_KNOWN
    for place in range(rooms.size):
        rooms[place] = -1
    rooms[agent.home] = 0
    queue[0] = agent.home
    head, tail, waiting = 0, 1, queue.size
    while head < tail:
        here = queue[head]
        head += 1
        for direction in range(4):
            there = here + AHEAD[direction]
            kind = KIND[cells[there]]
            if rooms[there] >= 0 or kind == WALL:
                continue
            rooms[there] = rooms[here]
            if kind == DOOR:
                rooms[there] += 1
                waiting -= 1
                queue[waiting] = there
            else:
                queue[tail] = there
                tail += 1
        if head == tail:
            head, tail = 0, queue.size - waiting
            for index in range(tail):
                queue[index] = queue[waiting + index]
            waiting = queue.size


@njit
def update_walk(walk: int, n: int, cells: Cells, agent: Agent, charts: Charts) -> None:
    """Bring one walk up to date; `things` must be."""
    known = FIRST_WALK_KNOWN << walk
    if agent.known & known:
        return
    agent.known |= known
    things = charts.things[n]
    source = things.goal
    if walk == TO_KEY:
        source = things.key
    elif walk == TO_DOOR:
        source = things.doors[0]
    steps = charts.walks[n, walk]
    passable = PASSABLE_BUT_DOORS if walk == THROUGH_DOORS else PASSABLE
    n_walked = flood(cells, source, passable, charts.queue, steps)
    if walk == THROUGH_DOORS:
        trace_gates(cells, n_walked, charts.queue, steps, charts.gates[n])
