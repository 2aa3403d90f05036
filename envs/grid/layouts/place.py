"""What all generators build with: MiniGrid's walls and random placement."""

from __future__ import annotations

from alignenv.envs.compiled.jit import njit
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import EMPTY_CELL, NOTHING, WALL_CELL, Cells
from alignenv.envs.grid.world import (
    AHEAD,
    NOWHERE,
    STRIDE,
    Agent,
    Geometry,
    Mission,
    place_at,
    x_of,
    y_of,
)


@njit
def clear(cells: Cells, agent: Agent, geometry: Geometry) -> None:
    """An empty grid, and an agent that is nowhere yet and has done nothing.

    Where the grid is smaller than its room in memory, the rest is wall.
    """
    for place in range(cells.size):
        cells[place] = geometry.blank[place]
    right, under = place_at(geometry.width, 0), place_at(0, geometry.height)
    if geometry.blank[right] != WALL_CELL or geometry.blank[under] != WALL_CELL:
        for place in range(place_at(0, 0), cells.size):
            if x_of(place) >= geometry.width or y_of(place) >= geometry.height:
                cells[place] = WALL_CELL
    agent.position = NOWHERE
    agent.clock = 0
    agent.carried = NOTHING
    agent.bumped = 0
    agent.known = 0


@njit
def fill(cells: Cells, start: int, offset: int, length: int, cell: int) -> None:
    """A line of one kind of cell: offset 1 goes right, `STRIDE` goes down."""
    for index in range(length):
        cells[start + index * offset] = cell


@njit
def fill_frame(cells: Cells, x: int, y: int, width: int, height: int) -> None:
    """Walls around a rectangle with its top left corner at (x, y)."""
    corner, below = place_at(x, y), (height - 1) * STRIDE
    for place in range(corner, corner + width):
        cells[place] = cells[place + below] = WALL_CELL
    for place in range(corner, corner + below, STRIDE):
        cells[place] = cells[place + width - 1] = WALL_CELL


@njit
def random_free(
    cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, x: int, y: int, w: int, h: int
) -> int:
    """An empty place in a rectangle, not the agent's, as `place_obj` draws it."""
    left, top = max(x, 0), max(y, 0)
    n_columns = min(x + w, geometry.width) - left
    n_rows = min(y + h, geometry.height) - top
    while True:
        column = left + below(stream, n_columns)
        place = place_at(column, top + below(stream, n_rows))
        if cells[place] == EMPTY_CELL and place != agent.position:
            return place


@njit
def random_apart(
    cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, x: int, y: int, w: int, h: int
) -> int:
    """An empty place in a rectangle, two steps or more from the agent's, as `place_in_room`."""
    while True:
        place = random_free(cells, agent, stream, geometry, x, y, w, h)
        across = abs(x_of(place) - x_of(agent.position))
        if across + abs(y_of(place) - y_of(agent.position)) >= 2:
            return place


@njit
def put_agent(agent: Agent, place: int, direction: int) -> None:
    """Begin the episode at a given place."""
    agent.position = agent.home = place
    agent.direction = direction


@njit
def start_mission(mission: Mission, wanted: int, aim: int) -> None:
    """Ask for a thing, with a place that matters; what only some layouts have is none."""
    mission.wanted, mission.aim = wanted, aim
    mission.other = mission.trap = mission.words = 0
    mission.last = mission.hit = mission.fetched = mission.n_movers = 0


@njit
def random_agent(
    cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, x: int, y: int, w: int, h: int
) -> None:
    """Begin at a random free place of a rectangle, facing anywhere, as `place_agent` draws it."""
    agent.position = NOWHERE
    place = random_free(cells, agent, stream, geometry, x, y, w, h)
    put_agent(agent, place, below(stream, AHEAD.size))
