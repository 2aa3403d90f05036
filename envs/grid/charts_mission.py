"""What missions are about, found on the grid: named things, ways to them, and what is in the way.

Charts as in `alignenv.envs.grid.charts`: drawn when asked for, kept until the grid changes.
"""

from __future__ import annotations

import numpy as np

from alignenv.envs.compiled.jit import njit
from alignenv.envs.grid.cells import (
    CAN_PICK_UP,
    COLOR,
    KEY,
    KEY_BOX,
    KIND,
    NOTHING,
    PASSABLE,
    PASSABLE_BUT_CLOSED,
    PASSABLE_BUT_DOORS,
    PASSABLE_BUT_THINGS,
    Cells,
    code,
)
from alignenv.envs.grid.charts import (
    FIRST_WALK_KNOWN,
    GATE_KEY,
    THROUGH_ALL,
    TO_AIM,
    TO_BALL,
    TO_BOX,
    TO_TRAP,
    WALK_AIM,
    WALK_KEY,
    WALK_WANTED,
    Charts,
    Things,
    flood,
)
from alignenv.envs.grid.dynamics import is_closed_door
from alignenv.envs.grid.rules import (
    DODGE,
    FETCH,
    MATCH,
    MAZE,
    PICK_UP,
    PUT_NEAR,
    RED_THEN_BLUE,
    SAY_BESIDE,
    UNLOCK,
)
from alignenv.envs.grid.world import (
    AHEAD,
    NOWHERE,
    STRIDE,
    Agent,
    Geometry,
    Mission,
    place_at,
    x_of,
    y_of,
)

NAMED_KNOWN = 1 << 30
_KEY = code(KEY)
_LONGEST_WAY = 200

PASSABLES = np.stack(
    [PASSABLE, PASSABLE_BUT_DOORS, PASSABLE_BUT_CLOSED, PASSABLE_BUT_THINGS], axis=0
)
_MODE = np.zeros(GATE_KEY + 1, dtype=np.int64)
_MODE[WALK_WANTED] = 1
_MODE[[WALK_AIM, WALK_KEY, GATE_KEY]] = 2
_MODE[THROUGH_ALL] = 3
"""Row of `PASSABLES` for each walk."""


@njit
def find_cell(cells: Cells, wanted: int, geometry: Geometry) -> int:
    """The first place of a code, row by row."""
    for row in range(geometry.height):
        start = place_at(0, row)
        for place in range(start, start + geometry.width):
            if cells[place] == wanted:
                return place
    return NOWHERE


@njit
def find_named(
    cells: Cells, agent: Agent, mission: Mission, things: Things, geometry: Geometry
) -> None:
    """Bring the three things to show up to date, but those of a maze; `things` must be."""
    if agent.known & NAMED_KNOWN:
        return
    agent.known |= NAMED_KNOWN
    rule = geometry.rule
    mission.first = mission.second = mission.third = NOWHERE
    if rule in (PICK_UP, MAZE, FETCH, PUT_NEAR):
        mission.first = find_cell(cells, mission.wanted, geometry)
        mission.second = mission.aim
        if rule == PICK_UP:
            mission.third = things.key
    elif rule == SAY_BESIDE:
        mission.first = mission.aim
    elif rule == MATCH:
        mission.first = place_at(1, geometry.height // 2 - 1)
        mission.second = min(mission.aim, mission.trap) - STRIDE
        mission.third = max(mission.aim, mission.trap) + STRIDE
    elif rule == RED_THEN_BLUE:
        mission.first, mission.second = mission.aim, mission.trap
    elif rule == UNLOCK:
        mission.first, mission.second = things.key, mission.aim
    elif rule == DODGE:
        mission.first, mission.second = mission.movers[0], mission.movers[1]
        mission.third = mission.movers[2] if mission.n_movers > 2 else NOWHERE


@njit
def update_mission_walk(
    walk: int, n: int, cells: Cells, agent: Agent, mission: Mission, charts: Charts
) -> None:
    """Bring one walk of a mission up to date; `things` and named things must be."""
    known = FIRST_WALK_KNOWN << walk
    things = charts.things[n]
    source = mission.first
    if walk == TO_BALL:
        source = things.ball
    elif walk == TO_BOX:
        source = things.box
    elif walk in (TO_AIM, WALK_AIM):
        source = mission.aim
    elif walk == TO_TRAP:
        source = mission.trap
    elif walk == WALK_KEY:
        source = things.key
    elif walk == GATE_KEY:
        source = mission.third
        if source != mission.fetched:
            agent.known &= ~known
            mission.fetched = source
    if agent.known & known:
        return
    agent.known |= known
    flood(cells, source, PASSABLES[_MODE[walk]], charts.queue, charts.walks[n, walk])


@njit
def find_gate_key(cells: Cells, gate: int, geometry: Geometry) -> int:
    """The key of a door, or the box that holds it, nearest to the door as the crow flies."""
    color = COLOR[cells[gate]]
    best, nearest = NOWHERE, 1 << 20
    for row in range(geometry.height):
        start = place_at(0, row)
        for place in range(start, start + geometry.width):
            if cells[place] in (_KEY + color, KEY_BOX + color):
                away = abs(x_of(place) - x_of(gate)) + abs(y_of(place) - y_of(gate))
                if away < nearest:
                    best, nearest = place, away
    return best


@njit
def trace_maze(
    n: int, cells: Cells, agent: Agent, mission: Mission, charts: Charts, geometry: Geometry
) -> tuple[int, int]:
    """Follow a shortest way to the wanted thing as if doors were open and things gone.

    Brings `second`, the first unopened door on it, and `third`, its key, up to date.

    Returns:
        The first thing that lies on the way, 0 for none, and the number of unopened doors.
    """
    update_mission_walk(THROUGH_ALL, n, cells, agent, mission, charts)
    steps = charts.walks[n, THROUGH_ALL]
    here, thing, n_doors, gate = agent.position, NOWHERE, 0, NOWHERE
    for _ in range(_LONGEST_WAY):
        if steps[here] <= 0:
            break
        for direction in range(4):
            there = here + AHEAD[direction]
            if steps[there] == steps[here] - 1:
                here = there
                break
        if is_closed_door(cells[here]):
            n_doors += 1
            if gate == NOWHERE:
                gate = here
        elif thing == NOWHERE and CAN_PICK_UP[cells[here]] and here != mission.first:
            thing = here
    mission.second = gate
    mission.third = find_gate_key(cells, gate, geometry) if gate != NOWHERE else NOWHERE
    return thing, n_doors


@njit
def fits_lock(carried: int, lock: int) -> bool:
    """Whether what is in hand is the key of a door's colour."""
    return bool(carried != NOTHING and KIND[carried] == KEY and COLOR[carried] == COLOR[lock])
