"""The batch loops: one action in every environment, and a look at what came of it.

Together with one generator's `begin` these are all that is ever called from Python. Neither
depends on the layout, so that one compilation serves every task.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import carray, kernel, njit
from alignenv.envs.compiled.memory import Table, pointer
from alignenv.envs.grid.cells import Cells
from alignenv.envs.grid.charts import Things, charts_at
from alignenv.envs.grid.dynamics import N_ACTIONS, REACHED_GOAL, act
from alignenv.envs.grid.record import AFTER_RECORDER, record, recorder_at
from alignenv.envs.grid.record_mission import record_mission
from alignenv.envs.grid.symbolic import describe
from alignenv.envs.grid.symbolic_mission import describe_mission
from alignenv.envs.grid.view import IMAGE_BYTES, draw_view
from alignenv.envs.grid.world import Agent, Floats, Geometry, Ints, Mask, geometry_at, world_at

BLIND, SYMBOLIC, IMAGE = range(3)
"""What a pair of eyes sees."""


class Outcome(NamedTuple):
    """Facts about the last transition, each `(N,)`, and the rules that judge it.

    Attributes:
        success: Event that ends an episode in success.
        horizon: Longest episode.
        reward: 1 on success, else 0.
        native: MiniGrid's reward.
        terminated: The episode ended.
        truncated: The horizon was reached.
        steps: Length of the episode so far.
    """

    success: int
    horizon: int
    reward: Floats
    native: Floats
    terminated: Mask
    truncated: Mask
    steps: Ints


class Eyes(NamedTuple):
    """Buffers for one observation of each environment; only those of its kind are used.

    Attributes:
        kind: `BLIND`, `SYMBOLIC` or `IMAGE`.
        width: Length of a symbolic observation.
        vector: Symbolic, float32 `(N, width)`.
        image: MiniGrid's, a buffer of N images; compiled code holds its address.
        direction: That goes with the image, int64 `(N,)`.
    """

    kind: int
    width: int
    vector: npt.NDArray[np.float32]
    image: Any
    direction: Ints


_OUTCOME = AFTER_RECORDER
_NOW = _OUTCOME + len(Outcome._fields)
_LAST = _NOW + len(Eyes._fields)


@njit
def outcome_at(table: Table, n_envs: int) -> Outcome:
    """The fifth group of a table."""
    return Outcome(
        table[_OUTCOME],
        table[_OUTCOME + 1],
        carray(pointer(table[_OUTCOME + 2]), n_envs, np.float64),
        carray(pointer(table[_OUTCOME + 3]), n_envs, np.float64),
        carray(pointer(table[_OUTCOME + 4]), n_envs, np.bool_),
        carray(pointer(table[_OUTCOME + 5]), n_envs, np.bool_),
        carray(pointer(table[_OUTCOME + 6]), n_envs, np.int64),
    )


@njit
def eyes_at(table: Table, group: int, n_envs: int) -> Eyes:
    """The sixth or seventh group of a table."""
    return Eyes(
        table[group],
        table[group + 1],
        carray(pointer(table[group + 2]), (n_envs, table[group + 1]), np.float32),
        table[group + 3],
        carray(pointer(table[group + 4]), n_envs, np.int64),
    )


@njit
def judge(n: int, event: int, clock: int, outcome: Outcome) -> bool:
    """Reward and end of one transition; whether the episode ended."""
    success = event == outcome.success
    terminated = success or event >= REACHED_GOAL
    truncated = clock >= outcome.horizon
    outcome.reward[n] = success
    outcome.native[n] = 1 - 0.9 * (clock / outcome.horizon) if success else 0.0
    outcome.terminated[n] = terminated
    outcome.truncated[n] = truncated
    outcome.steps[n] = clock
    return terminated or truncated


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
        agent = world.agents[n]
        event = act(world.cells[n], agent, actions[n])
        fresh = judge(n, event, agent.clock, outcome) and autoreset
        world.fresh[n] = fresh
        n_fresh += fresh
    return n_fresh


@njit
def observe(
    n: int, cells: Cells, agent: Agent, things: Things, geometry: Geometry, eyes: Eyes
) -> None:
    """Write what one agent sees."""
    if eyes.kind == SYMBOLIC:
        describe(cells, agent, things, geometry, eyes.vector[n])
    elif eyes.kind == IMAGE:
        draw_view(cells, agent, geometry.see_through, eyes.image + n * IMAGE_BYTES)
        eyes.direction[n] = agent.direction


@kernel
def look_around(table: Table, is_beginning: bool, has_missions: bool | None) -> None:
    """Record and observe the present state.

    Layouts without missions pass None for `has_missions`: what missions need is then not even
    compiled.

    At a beginning, only that of fresh environments: it goes to `start` and the present eyes.
    After a transition, that of all: it goes to `state` and `start`, and what the agents of ended
    episodes see goes to the last eyes.
    """
    geometry, world = geometry_at(table), world_at(table)
    recorder = recorder_at(table, world.n_envs)
    charts = charts_at(table, world, geometry)
    now, last = eyes_at(table, _NOW, world.n_envs), eyes_at(table, _LAST, world.n_envs)
    for n in range(world.n_envs):
        if is_beginning and not world.fresh[n]:
            continue
        cells, agent = world.cells[n], world.agents[n]
        if recorder.n_pairs:
            if has_missions is None:
                record(n, recorder.start[n], recorder, cells, agent, charts, geometry)
            else:
                mission = world.missions[n]
                record_mission(n, mission, recorder, cells, agent, charts, geometry)
            if not is_beginning:
                for column in range(recorder.size):
                    recorder.state[n, column] = recorder.start[n, column]
        has_ended = world.fresh[n] and not is_beginning
        eyes = last if has_ended else now
        observe(n, cells, agent, charts.things[n], geometry, eyes)
        if has_missions is not None and eyes.kind == SYMBOLIC:
            mission = world.missions[n]
            describe_mission(n, cells, agent, mission, charts, geometry, eyes.vector[n])
