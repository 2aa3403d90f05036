"""MiniGrid's `DynamicObstaclesEnv`: balls that move about between the agent and the goal."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream
from alignenv.envs.grid.cells import BALL, BLUE, GOAL_CELL, Cells, code
from alignenv.envs.grid.layouts.place import (
    clear,
    fill_frame,
    put_agent,
    random_agent,
    random_free,
    start_mission,
)
from alignenv.envs.grid.world import (
    Agent,
    Geometry,
    Mission,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_BALL = code(BALL, BLUE)


@njit
def draw(cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry) -> None:
    """One grid; `geometry.params` is the number of balls and whether the start is random."""
    width, height = geometry.width, geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    cells[place_at(width - 2, height - 2)] = GOAL_CELL
    if geometry.params[1]:
        random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    else:
        put_agent(agent, place_at(1, 1), 0)
    start_mission(mission, 0, 0)
    mission.n_movers = geometry.params[0]
    for index in range(mission.n_movers):
        place = random_free(cells, agent, stream, geometry, 0, 0, width, height)
        cells[place] = _BALL
        mission.movers[index] = place


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            draw(cells, agent, world.missions[n], stream, shape)
