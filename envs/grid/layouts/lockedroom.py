"""MiniGrid's `LockedRoomEnv`: six rooms along a hall, one locked, its key in another one."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import (
    CLOSED,
    COLORS_BY_NAME,
    DOOR,
    GOAL_CELL,
    KEY,
    LOCKED,
    WALL_CELL,
    Cells,
    code,
)
from alignenv.envs.grid.layouts.place import (
    clear,
    fill,
    fill_frame,
    random_agent,
    start_mission,
)
from alignenv.envs.grid.world import (
    STRIDE,
    Agent,
    Geometry,
    Ints,
    Mission,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_N_ROOMS = 6
_COLOR = 0
"""Row of the scratch: colours of the rooms' doors."""
_CLOSED_DOOR, _LOCKED_DOOR = code(DOOR, 0, CLOSED), code(DOOR, 0, LOCKED)
_KEY = code(KEY)


@njit
def place_in(room: int, stream: Stream, geometry: Geometry) -> int:
    """A random place in a room; even ones are left of the hall, odd ones right."""
    left = (room & 1) * (geometry.width // 2 + 2)
    top = room // 2 * (geometry.height // 3)
    x = left + 1 + below(stream, geometry.width // 2 - 3)
    return place_at(x, top + 1 + below(stream, geometry.height // 3 - 1))


@njit
def draw_walls(cells: Cells, geometry: Geometry) -> None:
    """Walls of the hall and of the rooms beside it."""
    width, height = geometry.width, geometry.height
    hall, end = width // 2 - 2, width // 2 + 2
    fill_frame(cells, 0, 0, width, height)
    fill(cells, place_at(hall, 0), STRIDE, height, WALL_CELL)
    fill(cells, place_at(end, 0), STRIDE, height, WALL_CELL)
    for row in range(3):
        y = row * (height // 3)
        fill(cells, place_at(0, y), 1, hall, WALL_CELL)
        fill(cells, place_at(end, y), 1, width - end, WALL_CELL)


@njit
def draw_doors(
    cells: Cells, stream: Stream, geometry: Geometry, locked_room: int, notes: Ints
) -> int:
    """A door for every room, all of different colours; the place of the locked one."""
    locked, left = 0, (1 << _N_ROOMS) - 1
    for room in range(_N_ROOMS):
        drawn, picked = below(stream, _N_ROOMS - room), 0
        for color in range(_N_ROOMS):
            if left >> color & 1:
                if drawn == 0:
                    picked = color
                drawn -= 1
        left &= ~(1 << picked)
        notes[_COLOR, room] = COLORS_BY_NAME[picked]
        x = geometry.width // 2 + (2 if room & 1 else -2)
        door = place_at(x, room // 2 * (geometry.height // 3) + 3)
        cells[door] = _CLOSED_DOOR + notes[_COLOR, room]
        if room == locked_room:
            cells[door] = _LOCKED_DOOR + notes[_COLOR, room]
            locked = door
    return locked


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid."""
    width, height = geometry.width, geometry.height
    clear(cells, agent, geometry)
    draw_walls(cells, geometry)
    locked_room = below(stream, _N_ROOMS)
    cells[place_in(locked_room, stream, geometry)] = GOAL_CELL
    door = draw_doors(cells, stream, geometry, locked_room, notes)
    key_room = below(stream, _N_ROOMS)
    while key_room == locked_room:
        key_room = below(stream, _N_ROOMS)
    key = _KEY + notes[_COLOR, locked_room]
    cells[place_in(key_room, stream, geometry)] = key
    random_agent(cells, agent, stream, geometry, width // 2 - 2, 0, 4, height)
    start_mission(mission, key, door)
    mission.words = notes[_COLOR, key_room]


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            mission = world.missions[n]
            draw(cells, agent, mission, stream, shape, world.scratch)
