"""MiniGrid's `UnlockEnv`: two rooms of a `RoomGrid`, a locked door between them and its key."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import (
    COLORS_BY_NAME,
    DOOR,
    EMPTY,
    KEY,
    KIND,
    LOCKED,
    WALL,
    Cells,
    code,
)
from alignenv.envs.grid.layouts.place import (
    clear,
    fill_frame,
    random_agent,
    random_free,
)
from alignenv.envs.grid.world import (
    AHEAD,
    Agent,
    Geometry,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_LOCKED_DOOR = code(DOOR, 0, LOCKED)
_KEY = code(KEY)


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry) -> None:
    """One grid; rooms are as wide as the grid is high.

    MiniGrid keeps the key two steps away from where a `RoomGrid` puts its agent at first, the
    middle of the other room, which no place of this room is near.
    """
    size = geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, size, size)
    fill_frame(cells, size - 1, 0, size, size)
    door = place_at(size - 1, 1 + below(stream, size - 2))
    color = COLORS_BY_NAME[below(stream, COLORS_BY_NAME.size)]
    cells[door] = _LOCKED_DOOR + color
    cells[random_free(cells, agent, stream, geometry, 0, 0, size, size)] = _KEY + color
    while True:
        random_agent(cells, agent, stream, geometry, 0, 0, size, size)
        front = KIND[cells[agent.position + AHEAD[agent.direction]]]
        if front in (EMPTY, WALL):
            return


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape)
