"""MiniGrid's `MultiRoomEnv`: a chain of rooms of random sizes, a closed door between each two.

MiniGrid builds the chain by recursion, but a placed room always counts as success for the one
before it, so that a chain only ever grows at its end: a loop.
"""

from __future__ import annotations

from typing import NamedTuple

from alignenv.envs.compiled.jit import inlined, kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import CLOSED, COLORS_BY_NAME, DOOR, GOAL_CELL, Cells, code
from alignenv.envs.grid.layouts.place import (
    clear,
    fill_frame,
    random_agent,
    random_free,
)
from alignenv.envs.grid.world import (
    Agent,
    Geometry,
    Ints,
    geometry_at,
    place_at,
    shape_of,
    world_at,
)

RIGHT, SOUTH, WEST, NORTH = range(4)
LEFT_X, TOP_Y, WIDTH, HEIGHT, DOOR_X, DOOR_Y = range(6)
"""Rows of the scratch, one column a room; the door is the one it is entered by."""

_MIN_SIZE = 4
_TRIES = 8
_CLOSED_DOOR = code(DOOR, 0, CLOSED)


class Room(NamedTuple):
    """A rectangle with its walls."""

    left: int
    top: int
    width: int
    height: int


class Entry(NamedTuple):
    """Where a room is entered, and through which of its walls."""

    x: int
    y: int
    wall: int


@inlined
def draw_room(entry: Entry, is_first: bool, max_size: int, stream: Stream) -> Room:
    """A room of random size behind an entry; the first one has its corner there.

    Walls are drawn at random, so that a branch on them would be mispredicted: it is arithmetic.
    """
    width = _MIN_SIZE + below(stream, max_size + 1 - _MIN_SIZE)
    height = _MIN_SIZE + below(stream, max_size + 1 - _MIN_SIZE)
    x, y, wall = entry
    if is_first:
        return Room(x, y, width, height)
    above = wall & 1
    beside = 1 - above
    length = beside * height + above * width
    start = beside * y + above * x - length + 2 + below(stream, length - 2)
    left = beside * (x - (width - 1) * (wall == RIGHT)) + above * start
    top = above * (y - (height - 1) * (wall == SOUTH)) + beside * start
    return Room(left, top, width, height)


@inlined
def draw_exit(room: Room, entry_wall: int, stream: Stream) -> Entry:
    """A door out of a room, through any wall but the one it is entered by."""
    left, top, width, height = room
    wall = below(stream, 3)
    wall += wall >= entry_wall
    above = wall & 1
    beside = 1 - above
    along = 1 + below(stream, beside * height + above * width - 2)
    across = (width - 1) * (wall == RIGHT) + (height - 1) * (wall == SOUTH)
    x = left + beside * across + above * along
    y = top + above * across + beside * along
    return Entry(x, y, (wall + 2) & 3)


@inlined
def fits(room: Room, index: int, rooms: Ints, geometry: Geometry) -> bool:
    """Whether a room lies within the grid and apart from all rooms but the one before it."""
    left, top = room.left, room.top
    right, bottom = left + room.width, top + room.height
    good = (left >= 0) & (top >= 0) & (right <= geometry.width) & (bottom < geometry.height)
    for other in range(index - 1):
        other_left, other_top = rooms[LEFT_X, other], rooms[TOP_Y, other]
        good &= (
            (right < other_left)
            | (other_left + rooms[WIDTH, other] <= left)
            | (bottom < other_top)
            | (other_top + rooms[HEIGHT, other] <= top)
        )
    return bool(good)


@njit
def grow_chain(rooms: Ints, stream: Stream, geometry: Geometry) -> bool:
    """Add rooms until there are enough, or eight tries in a row fail; whether there are."""
    n_rooms, max_size = geometry.params[0], geometry.params[1]
    x = below(stream, geometry.width - 2)
    entry = Entry(x, below(stream, geometry.width - 2), WEST)
    room = draw_room(entry, True, max_size, stream)
    index, tries = 0, 0
    fit = fits(room, index, rooms, geometry)
    if not fit:
        return False
    last, last_wall = room, entry.wall
    while tries < _TRIES:
        if fit:
            rooms[LEFT_X, index], rooms[TOP_Y, index] = room.left, room.top
            rooms[WIDTH, index], rooms[HEIGHT, index] = room.width, room.height
            rooms[DOOR_X, index], rooms[DOOR_Y, index] = entry.x, entry.y
            last, last_wall = room, entry.wall
            index, tries = index + 1, 0
            if index == n_rooms:
                return True
        entry = draw_exit(last, last_wall, stream)
        room = draw_room(entry, False, max_size, stream)
        fit = fits(room, index, rooms, geometry)
        tries += 1 - fit
    return False


@njit
def draw(cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, rooms: Ints) -> None:
    """One grid; `geometry.params` is the number and the largest size of rooms."""
    n_rooms = geometry.params[0]
    while not grow_chain(rooms, stream, geometry):
        pass
    clear(cells, agent, geometry)
    color, n_colors = -1, COLORS_BY_NAME.size
    for room in range(n_rooms):
        x, y = rooms[LEFT_X, room], rooms[TOP_Y, room]
        fill_frame(cells, x, y, rooms[WIDTH, room], rooms[HEIGHT, room])
        if room:
            drawn = below(stream, n_colors if color < 0 else n_colors - 1)
            color = drawn + 1 if 0 <= color <= drawn else drawn
            door = place_at(rooms[DOOR_X, room], rooms[DOOR_Y, room])
            cells[door] = _CLOSED_DOOR + COLORS_BY_NAME[color]
    x, y, last = rooms[LEFT_X, 0], rooms[TOP_Y, 0], n_rooms - 1
    random_agent(cells, agent, stream, geometry, x, y, rooms[WIDTH, 0], rooms[HEIGHT, 0])
    x, y, w, h = rooms[LEFT_X, last], rooms[TOP_Y, last], rooms[WIDTH, last], rooms[HEIGHT, last]
    cells[random_free(cells, agent, stream, geometry, x, y, w, h)] = GOAL_CELL


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            draw(world.cells[n], world.agents[n], world.streams[n], shape, world.scratch)
