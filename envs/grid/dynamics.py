"""MiniGrid's rules for one action of one agent.

Actions of a learning agent are hard to predict, so what can be is arithmetic instead of a branch;
the only branch is the rare action that changes the grid.
"""

from __future__ import annotations

import numpy as np

from alignenv.envs.compiled.jit import njit
from alignenv.envs.grid.cells import (
    CAN_PICK_UP,
    CAN_STAND,
    CLOSED,
    COLOR,
    DOOR,
    EMPTY_CELL,
    GOAL,
    KEY,
    KIND,
    LAVA,
    LOCKED,
    NOTHING,
    OPEN,
    STATE,
    TOGGLED,
    Cells,
)
from alignenv.envs.grid.world import AHEAD, ROOMS_KNOWN, Agent

N_ACTIONS = 7
LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(N_ACTIONS)

NO_EVENT, OPENED_DOOR, REACHED_GOAL, FELL_IN_LAVA = range(4)
"""What an action may bring about; from the goal on, what ends the episode in every task."""

_TURN = np.array([3, 1, 0, 0, 0, 0, 0], dtype=np.int64)
_EVENT_ON = np.select([KIND == GOAL, KIND == LAVA], [REACHED_GOAL, FELL_IN_LAVA], NO_EVENT)
_ALLOWS = (
    CAN_STAND.astype(np.int64) << FORWARD
    | CAN_PICK_UP.astype(np.int64) << PICK_UP
    | (np.arange(256) == EMPTY_CELL).astype(np.int64) << DROP
    | (np.arange(256) != TOGGLED).astype(np.int64) << TOGGLE
)
"""Bit a of `_ALLOWS[cell]`: whether action a can do something with that cell in front."""


@njit
def act(cells: Cells, agent: Agent, action: int) -> int:
    """Change the grid and the agent as MiniGrid's `step` does; the event that came of it."""
    agent.clock += 1
    front = agent.position + AHEAD[agent.direction]
    cell = cells[front]
    allowed = _ALLOWS[cell] >> action & 1
    forward = int(action == FORWARD)
    walked = forward & allowed
    agent.direction = (agent.direction + _TURN[action]) & 3
    agent.position += walked * (front - agent.position)
    agent.bumped = forward & ~allowed
    empty_handed = int(agent.carried == NOTHING)
    useless = forward | (action == PICK_UP) & ~empty_handed | (action == DROP) & empty_handed
    if allowed & ~useless & 1:
        return handle(cells, agent, action, front)
    return int(walked * _EVENT_ON[cell])


@njit
def handle(cells: Cells, agent: Agent, action: int, front: int) -> int:
    """Pick up, drop or toggle what can be; charts of a changed grid are forgotten."""
    cell = cells[front]
    if action == PICK_UP:
        agent.carried = cell
        cells[front] = EMPTY_CELL
    elif action == DROP:
        cells[front] = agent.carried
        agent.carried = NOTHING
    else:
        has_key = KIND[agent.carried] == KEY and COLOR[agent.carried] == COLOR[cell]
        if KIND[cell] == DOOR and STATE[cell] == LOCKED and not has_key:
            return NO_EVENT
        cells[front] = TOGGLED[cell]
    agent.known &= ROOMS_KNOWN
    opened = action == TOGGLE and KIND[cells[front]] == DOOR and STATE[cells[front]] == OPEN
    return OPENED_DOOR if opened else NO_EVENT


@njit
def is_closed_door(cell: int) -> bool:
    """Whether the cell is a door one cannot walk through, locked or not."""
    return bool(KIND[cell] == DOOR and STATE[cell] >= CLOSED)
