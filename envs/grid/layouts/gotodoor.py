"""MiniGrid's `GoToDoorEnv`: four doors of different colours, one of which is named."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import CLOSED, DOOR, Cells, code
from alignenv.envs.grid.layouts.place import clear, fill_frame, random_agent, start_mission
from alignenv.envs.grid.layouts.roomgrid import random_color
from alignenv.envs.grid.world import (
    Agent,
    Geometry,
    Ints,
    Mission,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_N_DOORS = 4
_DOOR = code(DOOR, 0, CLOSED)
_PLACE, _COLOR = range(2)


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid: a room of random size in the top left corner, nothing around it."""
    clear(cells, agent, geometry)
    width = 5 + below(stream, geometry.width - 4)
    height = 5 + below(stream, geometry.height - 4)
    fill_frame(cells, 0, 0, width, height)
    notes[_PLACE, 0] = place_at(2 + below(stream, width - 4), 0)
    notes[_PLACE, 1] = place_at(2 + below(stream, width - 4), height - 1)
    notes[_PLACE, 2] = place_at(0, 2 + below(stream, height - 4))
    notes[_PLACE, 3] = place_at(width - 1, 2 + below(stream, height - 4))
    taken, index = 0, 0
    while index < _N_DOORS:
        color = random_color(stream)
        if not taken >> color & 1:
            taken |= 1 << color
            notes[_COLOR, index] = color
            cells[notes[_PLACE, index]] = _DOOR + color
            index += 1
    random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    named = below(stream, _N_DOORS)
    start_mission(mission, _DOOR + notes[_COLOR, named], notes[_PLACE, named])


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
