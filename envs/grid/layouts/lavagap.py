"""MiniGrid's `LavaGapEnv`: a strip of lava across the room, with one gap."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import EMPTY_CELL, GOAL_CELL, LAVA_CELL, Cells
from alignenv.envs.grid.layouts.place import clear, fill, fill_frame, put_agent
from alignenv.envs.grid.world import (
    STRIDE,
    Agent,
    Geometry,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry) -> None:
    """One grid."""
    width, height = geometry.width, geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    put_agent(agent, place_at(1, 1), 0)
    cells[place_at(width - 2, height - 2)] = GOAL_CELL
    column = 2 + below(stream, width - 4)
    gap = place_at(column, 1 + below(stream, height - 2))
    fill(cells, place_at(column, 1), STRIDE, height - 2, LAVA_CELL)
    cells[gap] = EMPTY_CELL


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            draw(cells, agent, stream, shape)
