"""MiniGrid's `RedBlueDoorEnv`: two doors that have to be opened in the right order."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import BLUE, CLOSED, DOOR, RED, Cells, code
from alignenv.envs.grid.layouts.place import clear, fill_frame, random_agent, start_mission
from alignenv.envs.grid.world import (
    Agent,
    Geometry,
    Mission,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_RED_DOOR, _BLUE_DOOR = code(DOOR, RED, CLOSED), code(DOOR, BLUE, CLOSED)


@njit
def draw(cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry) -> None:
    """One grid."""
    size = geometry.height
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, 2 * size, size)
    fill_frame(cells, size // 2, 0, size, size)
    random_agent(cells, agent, stream, geometry, size // 2, 0, size, size)
    red = place_at(size // 2, 1 + below(stream, size - 2))
    blue = place_at(size // 2 + size - 1, 1 + below(stream, size - 2))
    cells[red], cells[blue] = _RED_DOOR, _BLUE_DOOR
    start_mission(mission, 0, red)
    mission.trap = blue


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            draw(cells, agent, world.missions[n], stream, shape)
