"""MiniGrid's `EmptyEnv`: one room, the goal in its corner."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream
from alignenv.envs.grid.cells import GOAL_CELL, Cells
from alignenv.envs.grid.layouts.place import clear, fill_frame, put_agent, random_agent
from alignenv.envs.grid.world import Agent, Geometry, geometry_at, place_at, shape_of, world_at


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry) -> None:
    """One grid; `geometry.params` is whether the agent starts at a random place."""
    width, height = geometry.width, geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    cells[place_at(width - 2, height - 2)] = GOAL_CELL
    if geometry.params[0]:
        random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    else:
        put_agent(agent, place_at(1, 1), 0)


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape)
