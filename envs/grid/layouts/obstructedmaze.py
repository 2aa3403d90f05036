"""MiniGrid's `ObstructedMaze` environments: a blue ball behind locked, obstructed doors.

The first layouts have two rooms; the others are quarters of a square of three by three rooms,
around a middle room.
"""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import (
    BALL,
    BLUE,
    COLORS_BY_NAME,
    GREEN,
    KEY,
    KEY_BOX,
    Cells,
    code,
)
from alignenv.envs.grid.layouts.place import start_mission
from alignenv.envs.grid.layouts.roomgrid import (
    RIGHT,
    add_door,
    agent_in_room,
    build_rooms,
    neighbor_of,
    put_in_room,
)
from alignenv.envs.grid.world import (
    AHEAD,
    Agent,
    Geometry,
    Ints,
    Mission,
    geometry_at,
    shape_of,
    world_at,
)

_SIZE = 6
_MIDDLE = 4
_COLORS = 4
"""Row of the scratch: colours of doors."""
_KEY = code(KEY)
_BLOCKING_BALL = code(BALL, GREEN)
_BALL = code(BALL, BLUE)


@njit
def draw_colors(stream: Stream, notes: Ints) -> None:
    """All colours in random order, as `_rand_subset` draws them."""
    n_colors = COLORS_BY_NAME.size
    left = (1 << n_colors) - 1
    for index in range(n_colors):
        drawn = below(stream, n_colors - index)
        for color in range(n_colors):
            if left >> color & 1:
                if drawn == 0:
                    notes[_COLORS, index] = COLORS_BY_NAME[color]
                    left &= ~(1 << color)
                    break
                drawn -= 1


@njit
def lock(cells: Cells, room: int, wall: int, geometry: Geometry, notes: Ints, color: int) -> None:
    """A locked door, with a ball before it if the layout is so."""
    columns = 3 if geometry.params[0] else 2
    door = add_door(cells, room, wall, color, True, columns, notes)
    if geometry.params[2]:
        cells[door - AHEAD[wall]] = _BLOCKING_BALL


@njit
def add_key(
    cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, room: int, color: int
) -> None:
    """The key of a colour, in a box if the layout is so."""
    columns = 3 if geometry.params[0] else 2
    key = (KEY_BOX if geometry.params[1] else _KEY) + color
    put_in_room(cells, agent, stream, geometry, room, key, _SIZE, columns)


@njit
def draw_quarter(
    cells: Cells, agent: Agent, stream: Stream, geometry: Geometry, notes: Ints, wall: int
) -> None:
    """A door from the middle to a side room, and locked doors from there to two corners.

    Where doors are blocked, MiniGrid's newest version puts the keys last.
    """
    n_colors = COLORS_BY_NAME.size
    blocked = geometry.params[2]
    side = neighbor_of(_MIDDLE, wall, 3)
    add_door(cells, _MIDDLE, wall, notes[_COLORS, wall], False, 3, notes)
    for turn in (-1, 1):
        color = notes[_COLORS, (wall + turn) % n_colors]
        lock(cells, side, (wall + turn) & 3, geometry, notes, color)
        if not blocked:
            add_key(cells, agent, stream, geometry, side, color)
    if blocked:
        for turn in (-1, 1):
            color = notes[_COLORS, (wall + turn) % n_colors]
            add_key(cells, agent, stream, geometry, side, color)


@njit
def draw(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry, notes: Ints
) -> None:
    """One grid.

    `geometry.params` is the number of quarters, 0 for two rooms; whether keys are in boxes;
    whether balls lie before the locked doors; and whether the agent begins in the middle.
    """
    quarters = geometry.params[0]
    columns = 3 if quarters else 2
    build_rooms(cells, agent, stream, geometry, notes, _SIZE, columns)
    draw_colors(stream, notes)
    start, room = 0, 1
    if quarters:
        for wall in range(quarters):
            draw_quarter(cells, agent, stream, geometry, notes, wall)
        start = _MIDDLE if geometry.params[3] else _MIDDLE + 1
        corner = below(stream, quarters)
        room = 2 if corner == 0 else 8 if corner == 1 else 6 if corner == 2 else 0
    else:
        lock(cells, 0, RIGHT, geometry, notes, notes[_COLORS, 0])
        add_key(cells, agent, stream, geometry, 0, notes[_COLORS, 0])
    put_in_room(cells, agent, stream, geometry, room, _BALL, _SIZE, columns)
    agent_in_room(cells, agent, stream, geometry, start, _SIZE, columns)
    start_mission(mission, _BALL, 0)


@kernel
def begin(table: Table) -> None:
    """Begin new episodes in fresh environments."""
    geometry, world = geometry_at(table), world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            shape = shape_of(n, geometry, world)
            cells, agent, stream = world.cells[n], world.agents[n], world.streams[n]
            mission = world.missions[n]
            draw(cells, agent, mission, stream, shape, world.scratch)
