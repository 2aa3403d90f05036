"""MiniGrid's `DoorKeyEnv`: two rooms, a locked door between them, the key on the agent's side."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import DOOR, GOAL_CELL, KEY, LOCKED, WALL_CELL, YELLOW, Cells, code
from alignenv.envs.grid.layouts.place import (
    clear,
    fill,
    fill_frame,
    random_agent,
    random_free,
)
from alignenv.envs.grid.world import (
    STRIDE,
    Agent,
    Geometry,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_LOCKED_DOOR = code(DOOR, YELLOW, LOCKED)
_KEY = code(KEY, YELLOW)


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry) -> None:
    """One grid."""
    width, height = geometry.width, geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    cells[place_at(width - 2, height - 2)] = GOAL_CELL
    split = 2 + below(stream, width - 4)
    fill(cells, place_at(split, 0), STRIDE, height, WALL_CELL)
    random_agent(cells, agent, stream, geometry, 0, 0, split, height)
    cells[place_at(split, 1 + below(stream, height - 3))] = _LOCKED_DOOR
    cells[random_free(cells, agent, stream, geometry, 0, 0, split, height)] = _KEY


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape)
