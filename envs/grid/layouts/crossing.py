"""MiniGrid's `CrossingEnv`: rivers of lava, or walls, each with one opening on the way across."""

from __future__ import annotations

import numpy as np

from alignenv.envs.grid.cells import EMPTY_CELL, GOAL_CELL, Cells
from alignenv.envs.grid.jit import njit
from alignenv.envs.grid.layouts.place import clear, fill, fill_frame, place_at, put_agent
from alignenv.envs.grid.rng import Stream, integer, shuffle
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mask, World


@njit
def choose_rivers(size: int, n_rivers: int, stream: Stream) -> tuple[Ints, Ints]:
    """Bounds of the rooms between rivers, from left to right and from top to bottom.

    Rivers run along even lines: the vertical ones come first in MiniGrid's list, then the
    horizontal ones, and the first `n_rivers` of the shuffled list are taken.
    """
    n_lines = (size - 3) // 2
    rivers = np.arange(2 * n_lines)
    shuffle(stream, rivers)
    taken = np.sort(rivers[:n_rivers])
    n_vertical = 0
    for river in taken:
        n_vertical += river < n_lines
    across = np.zeros(n_vertical + 2, dtype=np.int64)
    down = np.zeros(n_rivers - n_vertical + 2, dtype=np.int64)
    for index in range(n_rivers):
        if index < n_vertical:
            across[index + 1] = 2 * taken[index] + 2
        else:
            down[index - n_vertical + 1] = 2 * (taken[index] - n_lines) + 2
    across[-1] = down[-1] = size - 1
    return across, down


@njit
def open_way(cells: Cells, stream: Stream, geometry: Geometry, across: Ints, down: Ints) -> None:
    """Open one place in each river, on a random way from the first room to the last."""
    n_vertical, n_horizontal = across.size - 2, down.size - 2
    is_step_down = np.zeros(n_vertical + n_horizontal, dtype=np.int64)
    is_step_down[n_vertical:] = 1
    shuffle(stream, is_step_down)
    column = row = 0
    for step_down in is_step_down:
        if step_down:
            x = integer(stream, across[column] + 1, across[column + 1])
            row += 1
            opening = place_at(geometry, x, down[row])
        else:
            y = integer(stream, down[row] + 1, down[row + 1])
            column += 1
            opening = place_at(geometry, across[column], y)
        cells[opening] = EMPTY_CELL


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, params: Ints) -> None:
    """One grid; `params` is the number of rivers and what they are made of."""
    size = geometry.width
    clear(cells, agent, geometry)
    fill_frame(cells, geometry, 0, 0, size, size)
    put_agent(agent, place_at(geometry, 1, 1), 0)
    cells[place_at(geometry, size - 2, size - 2)] = GOAL_CELL
    across, down = choose_rivers(size, params[0], stream)
    for index in range(1, down.size - 1):
        fill(cells, place_at(geometry, 1, down[index]), 1, size - 2, params[1])
    for index in range(1, across.size - 1):
        fill(cells, place_at(geometry, across[index], 1), geometry.stride, size - 2, params[1])
    open_way(cells, stream, geometry, across, down)


@njit
def begin(mask: Mask, world: World, geometry: Geometry, params: Ints) -> None:
    """Begin new episodes where `mask` holds."""
    for n in range(mask.size):
        if mask[n]:
            draw(world.cells[n], world.agents[n], world.streams[n], geometry, params)
