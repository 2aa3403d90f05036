"""MiniGrid's `RoomGrid`: equal rooms in rows and columns, each wall with one place for a door.

Notes on the rooms stand in rows of the scratch, one column a room, rooms row by row. Walls are
numbered as directions: right, down, left, up.
"""

from __future__ import annotations

from alignenv.envs.compiled.jit import njit
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import (
    CLOSED,
    COLORS_BY_NAME,
    DOOR,
    EMPTY,
    EMPTY_CELL,
    KIND,
    LOCKED,
    WALL,
    Cells,
    code,
)
from alignenv.envs.grid.layouts.place import (
    clear,
    fill,
    fill_frame,
    put_agent,
    random_agent,
    random_apart,
)
from alignenv.envs.grid.world import AHEAD, Agent, Geometry, Ints, place_at

RIGHT, DOWN, LEFT, UP = range(4)
RIGHT_DOOR, DOWN_DOOR, LINKS, IS_LOCKED = range(4)
"""Rows of the scratch: places for the doors to the right and down, bits of the walls that are
open or have a door, and whether the last door that the room was given is locked."""

_CLOSED_DOOR = code(DOOR, 0, CLOSED)
_LOCKED_DOOR = code(DOOR, 0, LOCKED)


@njit
def random_color(stream: Stream) -> int:
    """Any colour, as `_rand_color` draws it."""
    return int(COLORS_BY_NAME[below(stream, COLORS_BY_NAME.size)])


@njit
def build_rooms(
    cells: Cells,
    agent: Agent,
    stream: Stream,
    geometry: Geometry,
    notes: Ints,
    size: int,
    columns: int,
) -> None:
    """Rooms of equal size without doors, and the agent in the middle."""
    clear(cells, agent, geometry)
    pitch = size - 1
    rows = geometry.height // pitch
    for room in range(rows * columns):
        i, j = room % columns, room // columns
        fill_frame(cells, i * pitch, j * pitch, size, size)
        notes[LINKS, room] = notes[IS_LOCKED, room] = 0
    for room in range(rows * columns):
        i, j = room % columns, room // columns
        if i < columns - 1:
            notes[RIGHT_DOOR, room] = place_at(
                (i + 1) * pitch, j * pitch + 1 + below(stream, size - 2)
            )
        if j < rows - 1:
            notes[DOWN_DOOR, room] = place_at(
                i * pitch + 1 + below(stream, size - 2), (j + 1) * pitch
            )
    middle = place_at(columns // 2 * pitch + size // 2, rows // 2 * pitch + size // 2)
    put_agent(agent, middle, 0)


@njit
def neighbor_of(room: int, wall: int, columns: int) -> int:
    """The room behind a wall."""
    step = 1 if wall in (RIGHT, LEFT) else columns
    return room + step if wall < LEFT else room - step


@njit
def door_place(room: int, wall: int, columns: int, notes: Ints) -> int:
    """Where the door in a wall of a room is or would be."""
    row = RIGHT_DOOR if wall in (RIGHT, LEFT) else DOWN_DOOR
    owner = room if wall < LEFT else neighbor_of(room, wall, columns)
    return int(notes[row, owner])


@njit
def link(room: int, wall: int, columns: int, notes: Ints) -> None:
    """Note that one can pass a wall."""
    notes[LINKS, room] |= 1 << wall
    notes[LINKS, neighbor_of(room, wall, columns)] |= 1 << ((wall + 2) & 3)


@njit
def add_door(
    cells: Cells, room: int, wall: int, color: int, locked: bool, columns: int, notes: Ints
) -> int:
    """Put a door into a wall; its place."""
    place = door_place(room, wall, columns, notes)
    cells[place] = (_LOCKED_DOOR if locked else _CLOSED_DOOR) + color
    notes[IS_LOCKED, room] = locked
    link(room, wall, columns, notes)
    return place


@njit
def remove_upper_wall(cells: Cells, room: int, size: int, columns: int, notes: Ints) -> None:
    """Take away the wall above a room."""
    x, y = room % columns * (size - 1), room // columns * (size - 1)
    fill(cells, place_at(x + 1, y), 1, size - 2, EMPTY_CELL)
    link(room, UP, columns, notes)


@njit
def put_in_room(
    cells: Cells,
    agent: Agent,
    stream: Stream,
    geometry: Geometry,
    room: int,
    cell: int,
    size: int,
    columns: int,
) -> None:
    """Put something at a random place of a room, not next to the agent."""
    x, y = room % columns * (size - 1), room // columns * (size - 1)
    cells[random_apart(cells, agent, stream, geometry, x, y, size, size)] = cell


@njit
def agent_in_room(
    cells: Cells,
    agent: Agent,
    stream: Stream,
    geometry: Geometry,
    room: int,
    size: int,
    columns: int,
) -> None:
    """Begin in a room, not right in front of an object."""
    x, y = room % columns * (size - 1), room // columns * (size - 1)
    while True:
        random_agent(cells, agent, stream, geometry, x, y, size, size)
        if KIND[cells[agent.position + AHEAD[agent.direction]]] in (EMPTY, WALL):
            return


@njit
def are_connected(start: int, n_rooms: int, columns: int, notes: Ints) -> bool:
    """Whether open walls and doors lead from a room to all others."""
    reached, before = 1 << start, 0
    while reached != before:
        before = reached
        for room in range(n_rooms):
            if reached >> room & 1:
                for wall in range(4):
                    if notes[LINKS, room] >> wall & 1:
                        reached |= 1 << neighbor_of(room, wall, columns)
    return reached == (1 << n_rooms) - 1


@njit
def connect_all(
    cells: Cells, stream: Stream, start: int, columns: int, rows: int, notes: Ints
) -> None:
    """Add doors at random until one can get from a room to all others."""
    while not are_connected(start, rows * columns, columns, notes):
        i = below(stream, columns)
        j = below(stream, rows)
        wall = below(stream, 4)
        at_edge = (
            (wall == RIGHT and i == columns - 1)
            or (wall == DOWN and j == rows - 1)
            or (wall == LEFT and i == 0)
            or (wall == UP and j == 0)
        )
        room = j * columns + i
        if at_edge or notes[LINKS, room] >> wall & 1:
            continue
        if notes[IS_LOCKED, room] or notes[IS_LOCKED, neighbor_of(room, wall, columns)]:
            continue
        add_door(cells, room, wall, random_color(stream), False, columns, notes)
