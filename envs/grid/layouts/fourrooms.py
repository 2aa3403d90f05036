"""MiniGrid's `FourRoomsEnv`: four rooms in a square, a gap in each wall between two of them."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import EMPTY_CELL, GOAL_CELL, WALL_CELL, Cells
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


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry) -> None:
    """One grid."""
    width, height = geometry.width, geometry.height
    room_width, room_height = width // 2, height // 2
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, width, height)
    for j in range(2):
        for i in range(2):
            left, top = i * room_width, j * room_height
            right, bottom = left + room_width, top + room_height
            if i == 0:
                fill(cells, place_at(right, top), STRIDE, room_height, WALL_CELL)
                gap = place_at(right, top + 1 + below(stream, room_height - 1))
                cells[gap] = EMPTY_CELL
            if j == 0:
                fill(cells, place_at(left, bottom), 1, room_width, WALL_CELL)
                gap = place_at(left + 1 + below(stream, room_width - 1), bottom)
                cells[gap] = EMPTY_CELL
    random_agent(cells, agent, stream, geometry, 0, 0, width, height)
    cells[random_free(cells, agent, stream, geometry, 0, 0, width, height)] = GOAL_CELL


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape)
