"""MiniGrid's `MemoryEnv`: an object seen at the start shows which way to turn at the end."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import BALL, GREEN, KEY, WALL_CELL, Cells, code
from alignenv.envs.grid.layouts.place import clear, fill, fill_frame, put_agent, start_mission
from alignenv.envs.grid.world import (
    STRIDE,
    Agent,
    Geometry,
    Mission,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

_KEY, _BALL = code(KEY, GREEN), code(BALL, GREEN)


@njit
def draw_walls(cells: Cells, geometry: Geometry, end: int) -> None:
    """A start room on the left, a hallway, and a passage across its end."""
    width, height = geometry.width, geometry.height
    middle = height // 2
    fill_frame(cells, 0, 0, width, height)
    fill(cells, place_at(1, middle - 2), 1, 4, WALL_CELL)
    fill(cells, place_at(1, middle + 2), 1, 4, WALL_CELL)
    fill(cells, place_at(4, middle - 1), 1, max(1, end - 4), WALL_CELL)
    fill(cells, place_at(4, middle + 1), 1, max(1, end - 4), WALL_CELL)
    fill(cells, place_at(end, 0), STRIDE, middle, WALL_CELL)
    fill(cells, place_at(end, middle + 1), STRIDE, height - middle - 1, WALL_CELL)
    fill(cells, place_at(end + 2, 0), STRIDE, height, WALL_CELL)


@njit
def draw(cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry) -> None:
    """One grid; `geometry.params` is whether the hallway's length is random."""
    width, height = geometry.width, geometry.height
    middle, end = height // 2, width - 3
    clear(cells, agent, geometry)
    if geometry.params[0]:
        end = 4 + below(stream, width - 6)
    draw_walls(cells, geometry, end)
    put_agent(agent, place_at(1 + below(stream, end), middle), 0)
    shown = _BALL if below(stream, 2) else _KEY
    upper = _KEY if below(stream, 2) else _BALL
    cells[place_at(1, middle - 1)] = shown
    cells[place_at(end + 1, middle - 2)] = upper
    cells[place_at(end + 1, middle + 2)] = _KEY + _BALL - upper
    above, under = place_at(end + 1, middle - 1), place_at(end + 1, middle + 1)
    start_mission(mission, shown, above if shown == upper else under)
    mission.trap = under if shown == upper else above


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            draw(cells, agent, world.missions[n], stream, shape)
