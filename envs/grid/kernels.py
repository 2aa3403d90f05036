"""The batch loops: one transition of every environment, and the first look at new episodes.

Together with one generator's `begin` these are all that is ever called from Python. Neither
depends on the layout, so that one compilation serves every task.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.grid.cells import Cells
from alignenv.envs.grid.charts import Charts
from alignenv.envs.grid.dynamics import N_ACTIONS, REACHED_GOAL, act
from alignenv.envs.grid.jit import njit
from alignenv.envs.grid.record import Recorder, record
from alignenv.envs.grid.symbolic import describe
from alignenv.envs.grid.view import see
from alignenv.envs.grid.world import Agent, Floats, Geometry, Ints, Mask, World


class Rules(NamedTuple):
    """How episodes of a task end.

    Attributes:
        success: Event that ends the episode in success.
        horizon: Longest episode.
        autoreset: Whether ended episodes are replaced right after this transition.
    """

    success: int
    horizon: int
    autoreset: bool


class Outcome(NamedTuple):
    """Facts about the last transition, each `(N,)`; see `alignenv.envs.batch.BatchEnv`.

    Attributes:
        reward: 1 on success, else 0.
        native: MiniGrid's reward.
        terminated: The episode ended.
        truncated: The horizon was reached.
        ended: Either.
        steps: Length of the episode so far.
    """

    reward: Floats
    native: Floats
    terminated: Mask
    truncated: Mask
    ended: Mask
    steps: Ints


class Eyes(NamedTuple):
    """Buffers for one observation of each environment; those of other modes have no rows.

    Attributes:
        vector: Symbolic, float32 `(N, 163)`.
        image: MiniGrid's, uint8 `(N, 7, 7, 3)`.
        direction: That goes with the image, int64 `(N,)`.
    """

    vector: npt.NDArray[np.float32]
    image: npt.NDArray[np.uint8]
    direction: Ints


class Journal(NamedTuple):
    """State records.

    Attributes:
        tracking: Whether anything is tracked.
        recorder: What goes where.
        state: After the last transition, `(N, size)`.
        start: Before the next one, `(N, size)`.
    """

    tracking: bool
    recorder: Recorder
    state: Floats
    start: Floats


@njit
def observe(
    n: int, cells: Cells, agent: Agent, charts: Charts, geometry: Geometry, eyes: Eyes
) -> None:
    """Write what one agent sees."""
    if eyes.vector.shape[0]:
        describe(cells, agent, charts.things[n], geometry, eyes.vector[n])
    elif eyes.image.shape[0]:
        see(cells, agent, geometry, eyes.image[n])
        eyes.direction[n] = agent.direction


@njit
def judge(n: int, event: int, clock: int, rules: Rules, outcome: Outcome) -> bool:
    """Reward and end of one transition; whether the episode ended."""
    success = event == rules.success
    terminated = success or event >= REACHED_GOAL
    truncated = clock >= rules.horizon
    outcome.reward[n] = 1.0 if success else 0.0
    outcome.native[n] = 1 - 0.9 * (clock / rules.horizon) if success else 0.0
    outcome.terminated[n] = terminated
    outcome.truncated[n] = truncated
    outcome.ended[n] = terminated or truncated
    outcome.steps[n] = clock
    return terminated or truncated


@njit
def step_all(
    actions: Ints,
    rules: Rules,
    world: World,
    charts: Charts,
    geometry: Geometry,
    outcome: Outcome,
    journal: Journal,
    eyes: Eyes,
    last_eyes: Eyes,
) -> int:
    """Advance every environment; how many episodes ended.

    With autoreset, what an ended episode's agent sees goes to `last_eyes`, and the caller begins
    new episodes where `outcome.ended` holds. Actions out of range change nothing: the answer is
    then -1 minus the index of the first one.
    """
    for n in range(actions.size):
        if not 0 <= actions[n] < N_ACTIONS:
            return -1 - n
    n_ended = 0
    for n in range(actions.size):
        cells, agent = world.cells[n], world.agents[n]
        event = act(cells, agent, actions[n], geometry.ahead)
        ended = judge(n, event, agent.clock, rules, outcome)
        n_ended += ended
        if journal.tracking:
            record(n, journal.state[n], journal.recorder, cells, agent, charts, geometry)
            for column in range(journal.state.shape[1]):
                journal.start[n, column] = journal.state[n, column]
        if ended and rules.autoreset:
            observe(n, cells, agent, charts, geometry, last_eyes)
        else:
            observe(n, cells, agent, charts, geometry, eyes)
    return n_ended


@njit
def open_all(
    mask: Mask, world: World, charts: Charts, geometry: Geometry, journal: Journal, eyes: Eyes
) -> None:
    """Record and observe the present state where `mask` holds, as the beginning of a transition."""
    for n in range(mask.size):
        if mask[n]:
            cells, agent = world.cells[n], world.agents[n]
            if journal.tracking:
                record(n, journal.start[n], journal.recorder, cells, agent, charts, geometry)
            observe(n, cells, agent, charts, geometry, eyes)
