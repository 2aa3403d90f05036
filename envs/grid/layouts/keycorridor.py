"""MiniGrid's `KeyCorridorEnv`: a ball in a locked room, its key in a room across the corridor."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import BALL, KEY, Cells, code
from alignenv.envs.grid.layouts.place import start_mission
from alignenv.envs.grid.layouts.roomgrid import (
    LEFT,
    add_door,
    agent_in_room,
    build_rooms,
    connect_all,
    put_in_room,
    random_color,
    remove_upper_wall,
)
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mission, geometry_at, shape_of, world_at

_COLUMNS = 3
_BALL, _KEY = code(BALL), code(KEY)


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid; `geometry.params` is the size of rooms and the number of their rows."""
    size, rows = geometry.params[0], geometry.params[1]
    build_rooms(cells, agent, stream, geometry, notes, size, _COLUMNS)
    for row in range(1, rows):
        remove_upper_wall(cells, row * _COLUMNS + 1, size, _COLUMNS, notes)
    room = below(stream, rows) * _COLUMNS + 2
    color = random_color(stream)
    door = add_door(cells, room, LEFT, color, True, _COLUMNS, notes)
    ball = _BALL + random_color(stream)
    put_in_room(cells, agent, stream, geometry, room, ball, size, _COLUMNS)
    key_room = below(stream, rows) * _COLUMNS
    put_in_room(cells, agent, stream, geometry, key_room, _KEY + color, size, _COLUMNS)
    start = rows // 2 * _COLUMNS + 1
    agent_in_room(cells, agent, stream, geometry, start, size, _COLUMNS)
    connect_all(cells, stream, start, _COLUMNS, rows, notes)
    start_mission(mission, ball, door)


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
