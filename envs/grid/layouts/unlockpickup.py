"""MiniGrid's `UnlockPickupEnv` and `BlockedUnlockPickupEnv`: a box behind a locked door.

In the second, a ball lies before the door.
"""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream
from alignenv.envs.grid.cells import BALL, BOX, KEY, Cells, code
from alignenv.envs.grid.layouts.place import start_mission
from alignenv.envs.grid.layouts.roomgrid import (
    RIGHT,
    add_door,
    agent_in_room,
    build_rooms,
    put_in_room,
    random_color,
)
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mission, geometry_at, shape_of, world_at

_COLUMNS = 2
_BALL, _BOX, _KEY = code(BALL), code(BOX), code(KEY)


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid; `geometry.params` is whether a ball lies before the door.

    Rooms are as wide as the grid is high.
    """
    size = geometry.height
    build_rooms(cells, agent, stream, geometry, notes, size, _COLUMNS)
    box = _BOX + random_color(stream)
    put_in_room(cells, agent, stream, geometry, 1, box, size, _COLUMNS)
    color = random_color(stream)
    door = add_door(cells, 0, RIGHT, color, True, _COLUMNS, notes)
    if geometry.params[0]:
        cells[door - 1] = _BALL + random_color(stream)
    put_in_room(cells, agent, stream, geometry, 0, _KEY + color, size, _COLUMNS)
    agent_in_room(cells, agent, stream, geometry, 0, size, _COLUMNS)
    start_mission(mission, box, door)


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
