"""MiniGrid's rules for one action of one agent."""

from __future__ import annotations

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
from alignenv.envs.grid.jit import njit
from alignenv.envs.grid.world import ROOMS_KNOWN, Agent, Ints

N_ACTIONS = 7
LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(N_ACTIONS)

NO_EVENT, OPENED_DOOR, REACHED_GOAL, FELL_IN_LAVA = range(4)
"""What an action may bring about; from the goal on, what ends the episode in every task."""


@njit
def act(cells: Cells, agent: Agent, action: int, ahead: Ints) -> int:
    """Change the grid and the agent as MiniGrid's `step` does; the event that came of it."""
    agent.clock += 1
    agent.bumped = 0
    if action == LEFT:
        agent.direction = (agent.direction + 3) & 3
    elif action == RIGHT:
        agent.direction = (agent.direction + 1) & 3
    elif action == FORWARD:
        return walk(cells, agent, agent.position + ahead[agent.direction])
    elif action != DONE:
        return handle(cells, agent, action, agent.position + ahead[agent.direction])
    return NO_EVENT


@njit
def walk(cells: Cells, agent: Agent, front: int) -> int:
    """Step onto the cell in front, or bump into it."""
    cell = cells[front]
    if not CAN_STAND[cell]:
        agent.bumped = 1
        return NO_EVENT
    agent.position = front
    if KIND[cell] == GOAL:
        return REACHED_GOAL
    if KIND[cell] == LAVA:
        return FELL_IN_LAVA
    return NO_EVENT


@njit
def handle(cells: Cells, agent: Agent, action: int, front: int) -> int:
    """Pick up, drop or toggle; charts of a changed grid are forgotten."""
    cell = cells[front]
    if action == PICK_UP:
        if CAN_PICK_UP[cell] and agent.carried == NOTHING:
            agent.carried = cell
            cells[front] = EMPTY_CELL
            agent.known &= ROOMS_KNOWN
    elif action == DROP:
        if cell == EMPTY_CELL and agent.carried != NOTHING:
            cells[front] = agent.carried
            agent.carried = NOTHING
            agent.known &= ROOMS_KNOWN
    else:
        after = unlocked(cell, agent.carried) if is_locked(cell) else TOGGLED[cell]
        if after != cell:
            cells[front] = after
            agent.known &= ROOMS_KNOWN
            if KIND[after] == DOOR and STATE[after] == OPEN:
                return OPENED_DOOR
    return NO_EVENT


@njit
def is_locked(cell: int) -> bool:
    """Whether the cell is a locked door."""
    return bool(KIND[cell] == DOOR and STATE[cell] == LOCKED)


@njit
def unlocked(door: int, carried: int) -> int:
    """A locked door after it was toggled with that object in hand."""
    if KIND[carried] == KEY and COLOR[carried] == COLOR[door]:
        return door - LOCKED + OPEN
    return door


@njit
def is_closed_door(cell: int) -> bool:
    """Whether the cell is a door one cannot walk through, locked or not."""
    return bool(KIND[cell] == DOOR and STATE[cell] >= CLOSED)
