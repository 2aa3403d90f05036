"""A compact observation in the agent's frame, for small networks.

163 float32 numbers, distances in units of eight cells:

- 0 to 99: the 5x5 cells around the agent, row by row from behind, left to right, 4 each: wall;
  door (1 open, -1 closed); lava; object one can carry
- 100 to 123: key, ball, box and goal (the first of each row by row), 6 each: exists; distance
  ahead; distance to the right; is ahead; is to the right; is to the left
- 124 to 153: the first six doors row by row, 5 each: exists; distance ahead; distance to the
  right; locked; open
- 154 to 156: in hand: key; ball; box
- 157, 158: the agent's x, y
- 159 to 162: its direction, one-hot

Its privileges over MiniGrid's 7x7 view: it sees through walls and closed doors, behind the agent
and at any distance (key, ball, box, goal and doors, with whether a door is locked), and it knows
the agent's absolute place. It does not show walls or lava more than two cells away.

Where the goal depends on a mission, 57 numbers follow: up to three things that matter, such as the
thing named, its locked door and the key, each with distances, kind, colour, and whether it is in
front, open or locked. `alignenv.envs.grid.symbolic_mission` lists them by layout. In Memory it
shows the first object all the time, so that nothing has to be remembered.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import njit
from alignenv.envs.grid.cells import (
    BALL,
    BOX,
    CAN_PICK_UP,
    DOOR,
    KEY,
    KIND,
    LAVA,
    LOCKED,
    OPEN,
    STATE,
    WALL,
    Cells,
)
from alignenv.envs.grid.charts import MAX_DOORS, Things, find_things
from alignenv.envs.grid.world import AHEAD, NOWHERE, Agent, Geometry, x_of, y_of

Vector = npt.NDArray[np.float32]
"""One symbolic observation, shape `(SYMBOLIC_SIZE,)`."""

_REACH = 2
_PER_CELL, _PER_OBJECT, _PER_DOOR = 4, 6, 5
_OBJECTS = (2 * _REACH + 1) ** 2 * _PER_CELL
_DOORS = _OBJECTS + 4 * _PER_OBJECT
_BODY = _DOORS + MAX_DOORS * _PER_DOOR
SYMBOLIC_SIZE = _BODY + 3 + 2 + 4
_UNIT = np.float32(1 / 8)


@njit
def describe(
    cells: Cells, agent: Agent, things: Things, geometry: Geometry, vector: Vector
) -> None:
    """Write one symbolic observation."""
    find_things(cells, agent, things, geometry)
    for column in range(vector.size):
        vector[column] = 0
    describe_surroundings(cells, agent, vector)
    for index, place in enumerate((things.key, things.ball, things.box, things.goal)):
        column = _OBJECTS + index * _PER_OBJECT
        if place != NOWHERE:
            point_to(place, column, agent, vector)
            vector[column + 3] = vector[column + 1] > 0
            vector[column + 4] = vector[column + 2] > 0
            vector[column + 5] = vector[column + 2] < 0
    for index in range(min(things.n_doors, MAX_DOORS)):
        column = _DOORS + index * _PER_DOOR
        state = STATE[cells[things.doors[index]]]
        point_to(things.doors[index], column, agent, vector)
        vector[column + 3] = state == LOCKED
        vector[column + 4] = state == OPEN
    held = KIND[agent.carried]
    vector[_BODY] = held == KEY
    vector[_BODY + 1] = held == BALL
    vector[_BODY + 2] = held == BOX
    vector[_BODY + 3] = x_of(agent.position) * _UNIT
    vector[_BODY + 4] = y_of(agent.position) * _UNIT
    vector[_BODY + 5 + agent.direction] = 1


@njit
def describe_surroundings(cells: Cells, agent: Agent, vector: Vector) -> None:
    """The 5x5 cells around the agent."""
    forward = AHEAD[agent.direction]
    right = AHEAD[(agent.direction + 1) & 3]
    column = 0
    for depth in range(-_REACH, _REACH + 1):
        for side in range(-_REACH, _REACH + 1):
            cell = cells[agent.position + depth * forward + side * right]
            kind = KIND[cell]
            vector[column] = kind == WALL
            if kind == DOOR:
                vector[column + 1] = 1 if STATE[cell] == OPEN else -1
            vector[column + 2] = kind == LAVA
            vector[column + 3] = CAN_PICK_UP[cell]
            column += _PER_CELL


@njit
def point_to(place: int, column: int, agent: Agent, vector: Vector) -> None:
    """Existence and distances ahead and to the right of a place."""
    dx = x_of(place) - x_of(agent.position)
    dy = y_of(place) - y_of(agent.position)
    if agent.direction == 0:
        forward, right = dx, dy
    elif agent.direction == 1:
        forward, right = dy, -dx
    elif agent.direction == 2:
        forward, right = -dx, -dy
    else:
        forward, right = -dy, dx
    vector[column] = 1
    vector[column + 1] = forward * _UNIT
    vector[column + 2] = right * _UNIT
