"""MiniGrid's `FetchEnv`: keys and balls in a room, one of which has to be picked up."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import BALL, KEY, Cells, code
from alignenv.envs.grid.layouts.place import (
    clear,
    fill_frame,
    random_agent,
    random_free,
    start_mission,
)
from alignenv.envs.grid.layouts.roomgrid import random_color
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mission, geometry_at, shape_of, world_at

N_WORDINGS = 5
_KEY, _BALL = code(KEY), code(BALL)


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid; `geometry.params` is the number of objects."""
    width, height, n_things = geometry.width, geometry.height, geometry.params[0]
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    for index in range(n_things):
        kind = _BALL if below(stream, 2) else _KEY
        thing = kind + random_color(stream)
        cells[random_free(cells, agent, stream, geometry, 0, 0, width, height)] = thing
        notes[0, index] = thing
    random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    start_mission(mission, notes[0, below(stream, n_things)], 0)
    mission.words = below(stream, N_WORDINGS)


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
