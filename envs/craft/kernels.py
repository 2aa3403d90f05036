"""The batch loops: one action in every environment, and a look at what came of it.

Together with the generator's `begin` these are all that is ever called from Python. None depends
on the task, so that one compilation serves all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.envs.compiled.jit import carray, kernel, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.craft.cells import LAVA, N_ITEMS, UNSEEN
from alignenv.envs.craft.dynamics import N_ACTIONS, act, move_animals
from alignenv.envs.craft.goals import has_succeeded
from alignenv.envs.craft.record import AFTER_RECORDER, record, recorder_at
from alignenv.envs.craft.sight import find_nearest, see
from alignenv.envs.craft.spaces import IMAGE, STATUS_SIZE, SYMBOLIC, VIEW, Eyes
from alignenv.envs.craft.symbolic import SYMBOLIC_SIZE, describe
from alignenv.envs.craft.world import (
    SIGHT,
    STRIDE,
    Floats,
    Ints,
    Mask,
    World,
    sight_of,
    world_at,
)


class Outcome(NamedTuple):
    """Facts about the last transition, each `(N,)`, and the rules that judge it.

    Attributes:
        goal: What success is.
        horizon: Longest episode.
        reward: 1 on success, else 0.
        terminated: The episode ended.
        truncated: The horizon was reached.
        steps: Length of the episode so far.
    """

    goal: int
    horizon: int
    reward: Floats
    terminated: Mask
    truncated: Mask
    steps: Ints


_OUTCOME = AFTER_RECORDER
_NOW = _OUTCOME + len(Outcome._fields)
_LAST = _NOW + len(Eyes._fields)


@njit
def outcome_at(table: Table, n_envs: int) -> Outcome:
    """The third group of a table."""
    return Outcome(
        table[_OUTCOME],
        table[_OUTCOME + 1],
        carray(pointer(table[_OUTCOME + 2]), n_envs, np.float64),
        carray(pointer(table[_OUTCOME + 3]), n_envs, np.bool_),
        carray(pointer(table[_OUTCOME + 4]), n_envs, np.bool_),
        carray(pointer(table[_OUTCOME + 5]), n_envs, np.int64),
    )


@njit
def eyes_at(table: Table, group: int, n_envs: int) -> Eyes:
    """The fourth or fifth group of a table."""
    return Eyes(
        table[group],
        carray(pointer(table[group + 1]), (n_envs, SYMBOLIC_SIZE), np.float32),
        carray(pointer(table[group + 2]), (n_envs, VIEW, VIEW), np.uint8),
        carray(pointer(table[group + 3]), (n_envs, STATUS_SIZE), np.uint8),
    )


@kernel
def advance(table: Table, actions: Ints, autoreset: bool) -> int:
    """Take one action in every environment; how many new episodes the caller has to begin.

    With autoreset, `fresh` marks the environments whose episode ended. Actions out of range
    change nothing: the answer is then -1 minus the index of the first one.
    """
    for n in range(actions.size):
        if not 0 <= actions[n] < N_ACTIONS:
            return -1 - n
    world = world_at(table)
    outcome = outcome_at(table, world.n_envs)
    n_fresh = 0
    for n in range(actions.size):
        cells, agent = world.cells[n], world.agents[n]
        act(cells, agent, world.animals[n], world.things[n], actions[n])
        if agent.n_animals:
            move_animals(cells, agent, world.animals[n], world.streams[n])
        success = has_succeeded(cells, agent, outcome.goal)
        outcome.reward[n] = success
        outcome.terminated[n] = success or cells[agent.position] == LAVA
        outcome.truncated[n] = agent.clock >= outcome.horizon
        outcome.steps[n] = agent.clock
        fresh = (outcome.terminated[n] or outcome.truncated[n]) and autoreset
        world.fresh[n] = fresh
        n_fresh += fresh
    return n_fresh


@njit
def draw_view(n: int, world: World, eyes: Eyes) -> None:
    """Write the cells in sight, row by row from the north-west, and what the agent has."""
    cells, agent = world.cells[n], world.agents[n]
    sight = sight_of(world.rims[n], agent.position)
    for row in range(-SIGHT, SIGHT + 1):
        for side in range(-SIGHT, SIGHT + 1):
            is_seen = max(abs(row), abs(side)) <= sight
            code = cells[agent.position + STRIDE * row + side] if is_seen else UNSEEN
            eyes.image[n, row + SIGHT, side + SIGHT] = code
    for item in range(N_ITEMS):
        eyes.status[n, item] = agent.items[item]
    eyes.status[n, N_ITEMS] = agent.tier
    eyes.status[n, N_ITEMS + 1] = agent.facing
    eyes.status[n, N_ITEMS + 2] = agent.near_table


@kernel
def look_around(table: Table, is_beginning: bool) -> None:
    """See, record and observe the present state.

    At a beginning, only that of fresh environments: it goes to `start` and the present eyes.
    After a transition, that of all: it goes to `state` and `start`, and what the agents of ended
    episodes see goes to the last eyes.
    """
    world = world_at(table)
    recorder = recorder_at(table, world.n_envs)
    now, last = eyes_at(table, _NOW, world.n_envs), eyes_at(table, _LAST, world.n_envs)
    for n in range(world.n_envs):
        if is_beginning and not world.fresh[n]:
            continue
        see(n, world)
        if recorder.n_pairs or now.kind == SYMBOLIC:
            find_nearest(n, world, recorder.nearest)
        if recorder.n_pairs:
            record(n, recorder.start[n], recorder, world)
            if not is_beginning:
                for column in range(recorder.size):
                    recorder.state[n, column] = recorder.start[n, column]
        eyes = last if world.fresh[n] and not is_beginning else now
        if eyes.kind == SYMBOLIC:
            describe(n, world, recorder.nearest, eyes.vector[n])
        elif eyes.kind == IMAGE:
            draw_view(n, world, eyes)
