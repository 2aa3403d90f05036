"""MiniGrid's `MultiRoomEnv`: a chain of rooms of random sizes, a closed door between each two.

MiniGrid builds the chain by recursion, but a placed room always counts as success for the one
before it, so that a chain only ever grows at its end: a loop.
"""

from __future__ import annotations

import numpy as np

from alignenv.envs.grid.cells import CLOSED, COLORS_BY_NAME, DOOR, GOAL_CELL, Cells, code
from alignenv.envs.grid.jit import njit
from alignenv.envs.grid.layouts.place import (
    clear,
    fill_frame,
    place_at,
    random_agent,
    random_free,
)
from alignenv.envs.grid.rng import Stream, integer
from alignenv.envs.grid.world import Agent, Geometry, Ints, Mask, World

RIGHT, SOUTH, WEST, NORTH = range(4)
LEFT_X, TOP_Y, WIDTH, HEIGHT, DOOR_X, DOOR_Y, DOOR_WALL = range(7)
"""Columns of a row that describes a room; the door is the one it is entered by."""

_MIN_SIZE = 4
_TRIES = 8
_CLOSED_DOOR = code(DOOR, 0, CLOSED)


@njit
def fits(room: Ints, rooms: Ints, n_rooms: int, geometry: Geometry) -> bool:
    """Whether a room lies within the grid and apart from all but the last of the rooms."""
    left, top = room[LEFT_X], room[TOP_Y]
    right, bottom = left + room[WIDTH], top + room[HEIGHT]
    if left < 0 or top < 0 or right > geometry.width or bottom >= geometry.height:
        return False
    for index in range(n_rooms - 1):
        other = rooms[index]
        apart = (
            right < other[LEFT_X]
            or other[LEFT_X] + other[WIDTH] <= left
            or bottom < other[TOP_Y]
            or other[TOP_Y] + other[HEIGHT] <= top
        )
        if not apart:
            return False
    return True


@njit
def try_room(rooms: Ints, n_rooms: int, max_size: int, stream: Stream, geometry: Geometry) -> bool:
    """Give the next room, whose door is set, a random size and place; whether it fits."""
    room = rooms[n_rooms]
    room[WIDTH] = integer(stream, _MIN_SIZE, max_size + 1)
    room[HEIGHT] = integer(stream, _MIN_SIZE, max_size + 1)
    x, y, wall = room[DOOR_X], room[DOOR_Y], room[DOOR_WALL]
    room[LEFT_X], room[TOP_Y] = x, y
    if n_rooms > 0 and wall in (RIGHT, WEST):
        if wall == RIGHT:
            room[LEFT_X] = x - room[WIDTH] + 1
        room[TOP_Y] = integer(stream, y - room[HEIGHT] + 2, y)
    elif n_rooms > 0:
        room[LEFT_X] = integer(stream, x - room[WIDTH] + 2, x)
        if wall == SOUTH:
            room[TOP_Y] = y - room[HEIGHT] + 1
    return fits(room, rooms, n_rooms, geometry)


@njit
def choose_exit(rooms: Ints, n_rooms: int, stream: Stream) -> None:
    """Draw a door out of the last room, through any wall but the one it is entered by."""
    last, following = rooms[n_rooms - 1], rooms[n_rooms]
    wall = integer(stream, 0, 3)
    if wall >= last[DOOR_WALL]:
        wall += 1
    x, y = last[LEFT_X], last[TOP_Y]
    if wall in (RIGHT, WEST):
        y += integer(stream, 1, last[HEIGHT] - 1)
        x += last[WIDTH] - 1 if wall == RIGHT else 0
    else:
        x += integer(stream, 1, last[WIDTH] - 1)
        y += last[HEIGHT] - 1 if wall == SOUTH else 0
    following[DOOR_X], following[DOOR_Y], following[DOOR_WALL] = x, y, (wall + 2) % 4


@njit
def grow_chain(
    rooms: Ints, n_wanted: int, max_size: int, stream: Stream, geometry: Geometry
) -> int:
    """Add rooms until there are enough or eight tries in a row fail; how many there are."""
    rooms[0, DOOR_X] = integer(stream, 0, geometry.width - 2)
    rooms[0, DOOR_Y] = integer(stream, 0, geometry.width - 2)
    rooms[0, DOOR_WALL] = WEST
    if not try_room(rooms, 0, max_size, stream, geometry):
        return 0
    n_rooms, tries = 1, 0
    while n_rooms < n_wanted and tries < _TRIES:
        tries += 1
        choose_exit(rooms, n_rooms, stream)
        if try_room(rooms, n_rooms, max_size, stream, geometry):
            n_rooms += 1
            tries = 0
    return n_rooms


@njit
def draw(
    cells: Cells,
    agent: Agent,
    stream: Stream,
    geometry: Geometry,
    n_wanted: int,
    max_size: int,
    rooms: Ints,
) -> None:
    """One grid; `rooms` is scratch, one row more than rooms wanted."""
    while grow_chain(rooms, n_wanted, max_size, stream, geometry) < n_wanted:
        pass
    clear(cells, agent, geometry)
    color = -1
    for index in range(n_wanted):
        room = rooms[index]
        fill_frame(cells, geometry, room[LEFT_X], room[TOP_Y], room[WIDTH], room[HEIGHT])
        if index:
            others = COLORS_BY_NAME.size - (1 if color >= 0 else 0)
            drawn = integer(stream, 0, others)
            color = drawn + 1 if 0 <= color <= drawn else drawn
            door = place_at(geometry, room[DOOR_X], room[DOOR_Y])
            cells[door] = _CLOSED_DOOR + 3 * COLORS_BY_NAME[color]
    first, last = rooms[0], rooms[n_wanted - 1]
    random_agent(
        cells,
        agent,
        stream,
        geometry,
        first[LEFT_X],
        first[TOP_Y],
        first[WIDTH],
        first[HEIGHT],
    )
    goal = random_free(
        cells, agent, stream, geometry, last[LEFT_X], last[TOP_Y], last[WIDTH], last[HEIGHT]
    )
    cells[goal] = GOAL_CELL


@njit
def begin(mask: Mask, world: World, geometry: Geometry, params: Ints) -> None:
    """Begin new episodes where `mask` holds; `params` is number and largest size of rooms."""
    rooms = np.zeros((params[0] + 1, 7), dtype=np.int64)
    for n in range(mask.size):
        if mask[n]:
            draw(
                world.cells[n],
                world.agents[n],
                world.streams[n],
                geometry,
                params[0],
                params[1],
                rooms,
            )
