"""MiniGrid's `PutNearEnv`: one of several things has to be put down near another one."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import Cells
from alignenv.envs.grid.layouts.place import clear, fill_frame, random_agent, start_mission
from alignenv.envs.grid.layouts.things import PLACE, THING, scatter
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mission, geometry_at, shape_of, world_at


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid; `geometry.params` is the number of things."""
    width, height, n_things = geometry.width, geometry.height, geometry.params[0]
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    scatter(cells, agent, stream, geometry, notes, n_things, True)
    random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    moved = below(stream, n_things)
    target = below(stream, n_things)
    while target == moved:
        target = below(stream, n_things)
    start_mission(mission, notes[THING, moved], notes[PLACE, target])
    mission.other = notes[THING, target]


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
