"""What the symbolic observation adds where the goal depends on a mission.

57 float32 numbers after the common 163: three things, 19 each. For each: exists; distance ahead;
distance to the right, in units of eight cells; is ahead; is to the right; is to the left; is a
key; is a ball; is a box; is a door; its colour, one-hot (red, green, blue, purple, yellow, grey);
is in the cell in front; is open; is locked. A thing in hand does not exist.

The things are, by layout:

- pick up something behind a locked door: the thing, the door, the key
- ObstructedMaze: the ball, the next unopened door on the way to it, that door's key or its box
- Fetch: the first thing like the one named
- GoToDoor, GoToObject: the thing named, where it stood at the beginning
- PutNear: the thing to move, the thing to put it near
- Memory: the object in the start room and the two at the end; all three are always shown, so that
  this observation asks for no memory, unlike `image`
- RedBlueDoors: the red door, the blue door
- LockedRoom: the key, the locked door
- Dynamic-Obstacles: the first three balls in the order in which they move
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import njit
from alignenv.envs.grid.cells import (
    BALL,
    BOX,
    COLOR,
    DOOR,
    EMPTY,
    KEY,
    KIND,
    LOCKED,
    NOTHING,
    OPEN,
    STATE,
    Cells,
)
from alignenv.envs.grid.charts import Charts
from alignenv.envs.grid.charts_mission import find_named, trace_maze
from alignenv.envs.grid.rules import MAZE, SAY_BESIDE
from alignenv.envs.grid.symbolic import SYMBOLIC_SIZE, point_to
from alignenv.envs.grid.world import AHEAD, NOWHERE, Agent, Geometry, Mission

_PER_THING = 19
MISSION_SIZE = 3 * _PER_THING


@njit
def describe_mission(
    n: int,
    cells: Cells,
    agent: Agent,
    mission: Mission,
    charts: Charts,
    geometry: Geometry,
    vector: npt.NDArray[np.float32],
) -> None:
    """Write what a symbolic observation says of the mission; the common part must be written."""
    find_named(cells, agent, mission, charts.things[n], geometry)
    if geometry.rule == MAZE:
        trace_maze(n, cells, agent, mission, charts, geometry)
    first = mission.wanted if geometry.rule == SAY_BESIDE else NOTHING
    show(mission.first, first, SYMBOLIC_SIZE, cells, agent, vector)
    show(mission.second, NOTHING, SYMBOLIC_SIZE + _PER_THING, cells, agent, vector)
    show(mission.third, NOTHING, SYMBOLIC_SIZE + 2 * _PER_THING, cells, agent, vector)


@njit
def show(
    place: int, code: int, column: int, cells: Cells, agent: Agent, vector: npt.NDArray[np.float32]
) -> None:
    """Write one thing, or the object that its cell holds where no code is given."""
    if place == NOWHERE:
        return
    point_to(place, column, agent, vector)
    vector[column + 3] = vector[column + 1] > 0
    vector[column + 4] = vector[column + 2] > 0
    vector[column + 5] = vector[column + 2] < 0
    cell = code if code != NOTHING else cells[place]
    kind = KIND[cell]
    vector[column + 6] = kind == KEY
    vector[column + 7] = kind == BALL
    vector[column + 8] = kind == BOX
    vector[column + 9] = kind == DOOR
    if kind != EMPTY:
        vector[column + 10 + COLOR[cell]] = 1
    vector[column + 16] = place == agent.position + AHEAD[agent.direction]
    vector[column + 17] = kind == DOOR and STATE[cell] == OPEN
    vector[column + 18] = kind == DOOR and STATE[cell] == LOCKED
