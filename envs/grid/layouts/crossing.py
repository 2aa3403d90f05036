"""MiniGrid's `CrossingEnv`: rivers of lava, or walls, each with one opening on the way across."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below, shuffle
from alignenv.envs.grid.cells import EMPTY_CELL, GOAL_CELL, Cells
from alignenv.envs.grid.layouts.place import clear, fill, fill_frame, put_agent
from alignenv.envs.grid.world import (
    STRIDE,
    Agent,
    Geometry,
    Ints,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

RIVERS, ACROSS, DOWN, STEPS = range(4)
"""Rows of the scratch: the shuffled rivers, bounds of rooms from left to right, from top to
bottom, and on the way through them whether a step leads down."""


@njit
def choose_rivers(size: int, n_rivers: int, stream: Stream, notes: Ints) -> int:
    """Note the bounds of the rooms between random rivers; how many rivers are vertical.

    Rivers run along even lines: the vertical ones come first in MiniGrid's list, then the
    horizontal ones, and the first `n_rivers` of the shuffled list are taken, in order.
    """
    n_lines = (size - 3) // 2
    for river in range(2 * n_lines):
        notes[RIVERS, river] = river
    shuffle(stream, notes[RIVERS], 2 * n_lines)
    taken = 0
    for index in range(n_rivers):
        taken |= 1 << notes[RIVERS, index]
    n_vertical = n_horizontal = 0
    for line in range(n_lines):
        if taken >> line & 1:
            n_vertical += 1
            notes[ACROSS, n_vertical] = 2 * line + 2
        if taken >> (line + n_lines) & 1:
            n_horizontal += 1
            notes[DOWN, n_horizontal] = 2 * line + 2
    notes[ACROSS, 0] = notes[DOWN, 0] = 0
    notes[ACROSS, n_vertical + 1] = notes[DOWN, n_horizontal + 1] = size - 1
    return n_vertical


@njit
def open_way(
    cells: Cells, stream: Stream, geometry: Geometry, n_vertical: int, notes: Ints
) -> None:
    """Open one place in each river, on a random way from the first room to the last."""
    n_rivers = geometry.params[0]
    for index in range(n_rivers):
        notes[STEPS, index] = index >= n_vertical
    shuffle(stream, notes[STEPS], n_rivers)
    column = row = 0
    for index in range(n_rivers):
        if notes[STEPS, index]:
            left = notes[ACROSS, column]
            x = left + 1 + below(stream, notes[ACROSS, column + 1] - left - 1)
            row += 1
            y = notes[DOWN, row]
        else:
            top = notes[DOWN, row]
            y = top + 1 + below(stream, notes[DOWN, row + 1] - top - 1)
            column += 1
            x = notes[ACROSS, column]
        cells[place_at(x, y)] = EMPTY_CELL


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, notes: Ints) -> None:
    """One grid; `geometry.params` is the number of rivers and what they are made of."""
    size, n_rivers, river = geometry.width, geometry.params[0], geometry.params[1]
    clear(cells, agent, geometry)
    fill_frame(cells, 0, 0, size, size)
    put_agent(agent, place_at(1, 1), 0)
    cells[place_at(size - 2, size - 2)] = GOAL_CELL
    n_vertical = choose_rivers(size, n_rivers, stream, notes)
    for index in range(1, n_rivers - n_vertical + 1):
        fill(cells, place_at(1, notes[DOWN, index]), 1, size - 2, river)
    for index in range(1, n_vertical + 1):
        start = place_at(notes[ACROSS, index], 1)
        fill(cells, start, STRIDE, size - 2, river)
    open_way(cells, stream, geometry, n_vertical, notes)


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape, world.scratch)
