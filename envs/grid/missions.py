"""The batch loops of the layouts whose episodes end by a rule."""

from __future__ import annotations

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.grid.cells import (
    BLUE,
    COLOR,
    EMPTY_CELL,
    GOAL,
    KIND,
    NOTHING,
    OPEN,
    STATE,
    Cells,
)
from alignenv.envs.grid.dynamics import (
    DONE,
    DROP,
    FORWARD,
    N_ACTIONS,
    NO_EVENT,
    OPENED_DOOR,
    PICK_UP,
    TOGGLE,
    act,
)
from alignenv.envs.grid.kernels import judge, outcome_at
from alignenv.envs.grid.layouts.things import is_near
from alignenv.envs.grid.rules import (
    FETCH,
    MATCH,
    MAZE,
    PUT_NEAR,
    RED_THEN_BLUE,
    SAY_BESIDE,
)
from alignenv.envs.grid.rules import PICK_UP as PICK_UP_RULE
from alignenv.envs.grid.world import (
    AHEAD,
    ROOMS_KNOWN,
    Agent,
    Geometry,
    Ints,
    Mission,
    geometry_at,
    place_at,
    world_at,
    x_of,
    y_of,
)

FULFILLED, FAILED = 4, 5
"""More events: the mission is fulfilled, or cannot be any more."""
N_WALKING_ACTIONS = 3
"""Actions where things move: turn left, turn right, forward."""

_MAX_TRIES = 101


@njit
def is_beside(agent: Agent, place: int) -> bool:
    """Whether a place is one of the four next to the agent's."""
    across = abs(x_of(place) - x_of(agent.position))
    return across + abs(y_of(place) - y_of(agent.position)) == 1


@njit
def end_by_rule(
    rule: int, cells: Cells, agent: Agent, mission: Mission, action: int, event: int, held: int
) -> int:
    """The event that an action brought about, by the rule of the layout.

    Args:
        rule: One of `alignenv.envs.grid.rules`.
        cells: The grid after the action.
        agent: The agent after the action.
        mission: Of this episode.
        action: The action.
        event: What the action brought about by MiniGrid's common rules.
        held: What was in hand before the action.
    """
    if rule in (PICK_UP_RULE, MAZE, FETCH, PUT_NEAR):
        return end_by_hand(rule, agent, mission, action, held)
    if rule == SAY_BESIDE:
        if action == DONE:
            return FULFILLED if is_beside(agent, mission.aim) else FAILED
        return FAILED if action == TOGGLE else NO_EVENT
    if rule == MATCH:
        if agent.position == mission.aim:
            return FULFILLED
        return FAILED if agent.position == mission.trap else NO_EVENT
    if rule == RED_THEN_BLUE:
        door = cells[agent.position + AHEAD[agent.direction]]
        if event != OPENED_DOOR or COLOR[door] != BLUE:
            return NO_EVENT
        return FULFILLED if STATE[cells[mission.aim]] == OPEN else FAILED
    return event


@njit
def end_by_hand(rule: int, agent: Agent, mission: Mission, action: int, held: int) -> int:
    """The event where it counts what was picked up or dropped; see `end_by_rule`."""
    has_wanted, has_any = agent.carried == mission.wanted, agent.carried != NOTHING
    if rule == PUT_NEAR:
        if action == DROP and held != NOTHING:
            front = agent.position + AHEAD[agent.direction]
            return FULFILLED if not has_any and is_near(front, mission.aim) else FAILED
        return FAILED if action == PICK_UP and has_any and not has_wanted else NO_EVENT
    if rule == FETCH and has_any and not has_wanted:
        return FAILED
    return FULFILLED if action == PICK_UP and has_wanted else NO_EVENT


@kernel
def advance_by_rule(table: Table, actions: Ints, autoreset: bool) -> int:
    """`alignenv.envs.grid.kernels.advance` for layouts with a rule."""
    for n in range(actions.size):
        if not 0 <= actions[n] < N_ACTIONS:
            return -1 - n
    geometry, world = geometry_at(table), world_at(table)
    outcome = outcome_at(table, world.n_envs)
    rule = geometry.rule
    n_fresh = 0
    for n in range(actions.size):
        cells, agent, mission = world.cells[n], world.agents[n], world.missions[n]
        action = actions[n]
        if rule == MATCH and action == PICK_UP:
            action = TOGGLE
        held = agent.carried
        event = act(cells, agent, action)
        event = end_by_rule(rule, cells, agent, mission, action, event, held)
        mission.last = action
        fresh = judge(n, event, agent.clock, outcome) and autoreset
        world.fresh[n] = fresh
        n_fresh += fresh
    return n_fresh


@njit
def move_balls(
    cells: Cells, agent: Agent, mission: Mission, stream: Stream, geometry: Geometry
) -> None:
    """Move each ball to a random free place around it, if one is found in 101 tries."""
    for index in range(mission.n_movers):
        old = mission.movers[index]
        left, top = max(x_of(old) - 1, 0), max(y_of(old) - 1, 0)
        n_columns = min(left + 3, geometry.width) - left
        n_rows = min(top + 3, geometry.height) - top
        for _ in range(_MAX_TRIES):
            x = left + below(stream, n_columns)
            place = place_at(x, top + below(stream, n_rows))
            if cells[place] == EMPTY_CELL and place != agent.position:
                cells[place] = cells[old]
                cells[old] = EMPTY_CELL
                mission.movers[index] = place
                agent.known &= ROOMS_KNOWN
                break


@kernel
def advance_among_balls(table: Table, actions: Ints, autoreset: bool) -> int:
    """`alignenv.envs.grid.kernels.advance` where balls move and collisions end the episode."""
    for n in range(actions.size):
        if not 0 <= actions[n] < N_WALKING_ACTIONS:
            return -1 - n
    geometry, world = geometry_at(table), world_at(table)
    outcome = outcome_at(table, world.n_envs)
    n_fresh = 0
    for n in range(actions.size):
        cells, agent, mission = world.cells[n], world.agents[n], world.missions[n]
        front = cells[agent.position + AHEAD[agent.direction]]
        blocked = front != EMPTY_CELL and KIND[front] != GOAL
        move_balls(cells, agent, mission, world.streams[n], geometry)
        event = act(cells, agent, actions[n])
        mission.last = actions[n]
        mission.hit = blocked and actions[n] == FORWARD
        if mission.hit:
            event = FAILED
        fresh = judge(n, event, agent.clock, outcome) and autoreset
        if mission.hit:
            outcome.native[n] = -1.0
        world.fresh[n] = fresh
        n_fresh += fresh
    return n_fresh
