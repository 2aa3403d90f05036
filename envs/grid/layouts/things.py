"""Random keys, balls and boxes, no two of them alike, as MiniGrid's object tasks draw them."""

from __future__ import annotations

from alignenv.envs.compiled.jit import njit
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import KEY, Cells, code
from alignenv.envs.grid.layouts.place import random_free
from alignenv.envs.grid.layouts.roomgrid import random_color
from alignenv.envs.grid.world import Agent, Geometry, Ints, x_of, y_of

THING, PLACE = range(2)
"""Rows of the scratch: what the things are, and where."""

_KEY = code(KEY)


@njit
def is_near(place: int, other: int) -> bool:
    """Whether two places are the same or touch, corners included."""
    return abs(x_of(place) - x_of(other)) <= 1 and abs(y_of(place) - y_of(other)) <= 1


@njit
def scatter(
    cells: Cells,
    agent: Agent,
    stream: Stream,
    geometry: Geometry,
    notes: Ints,
    n_things: int,
    apart: bool,
) -> None:
    """Place different things at random, if need be so that none touch; note what and where."""
    width, height = geometry.width, geometry.height
    index = 0
    while index < n_things:
        kind = below(stream, 3)
        thing = _KEY + 8 * kind + random_color(stream)
        is_new = True
        for other in range(index):
            is_new &= notes[THING, other] != thing
        if not is_new:
            continue
        fits = False
        place = 0
        while not fits:
            place = random_free(cells, agent, stream, geometry, 0, 0, width, height)
            fits = True
            if apart:
                for other in range(index):
                    fits &= not is_near(place, notes[PLACE, other])
        cells[place] = thing
        notes[THING, index], notes[PLACE, index] = thing, place
        index += 1
