"""Tasks of our own, which have no original to be compared with: steps a second on one core."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from stable_baselines3.common.vec_env import VecEnv

from alignenv.batch import BatchEnv
from alignenv.benchmarks.speed.contest import Work, rate
from alignenv.benchmarks.speed.grid import Effort
from alignenv.benchmarks.speed.rows import Row
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.suite import ROWS
from alignenv.program import parse_program
from alignenv.task import find_task

OWN_CORE = "core step, sparse reward"
OWN_SB3 = "SB3 VecEnv step, human reward"
OWN_MEASURES = (OWN_CORE, OWN_SB3)

CRAFT_TARGET = 1e6
"""Steps a second of a craft core; the other families promise nothing."""

N_CONTROL = 32
"""Copies of a task whose step is a simulation: more of them gain nothing."""

CHUNK = 8


def own_ids() -> tuple[str, ...]:
    """Tasks without an original that a laptop trains."""
    return tuple(row.id for row in ROWS if not row.origin and "xl" not in row.tags)


def measure_own(task_ids: Iterable[str], effort: Effort) -> Iterator[Row]:
    """Both measures of every task, one row at a time.

    Args:
        task_ids: Ids of the suite.
        effort: How long, and how many copies where a step is not a simulation.

    Raises:
        UnknownName: No such task.
    """
    for task_id in task_ids:
        task, ref = find_task(task_id), EnvRef(id=task_id)
        family = task.family
        n = N_CONTROL if family == "control" else effort.n_envs
        core = make_batch(ref, n)
        yield _row(task_id, OWN_CORE, core_steps(core), effort, family)
        core.close()
        human = parse_program(task.reward("human").source, task.card.state, task.card.action)
        env = make_sb3(ref, n, seed=0, program=human)
        yield _row(task_id, OWN_SB3, sb3_steps(env), effort, family)
        env.close()


def _row(task_id: str, measure: str, work: Work, effort: Effort, family: str) -> Row:
    work()
    rates = [rate(work, effort.seconds) for _ in range(effort.rounds)]
    return Row(
        measure=measure,
        subject=task_id,
        baseline=None,
        ours=statistics.median(rates),
        unit="steps/s",
        value=statistics.median(rates),
        low=min(rates),
        high=max(rates),
        kind="rate",
        target=CRAFT_TARGET if (family, measure) == ("craft", OWN_CORE) else None,
    )


def core_steps(core: BatchEnv) -> Work:
    """Steps of the batched core; a unit is one step of one env."""
    actions = drawn_actions(core.action_space, core.n_envs)
    core.reset(list(range(core.n_envs)))

    def work() -> int:
        for row in actions:
            core.step(row, autoreset=True)
        return CHUNK * core.n_envs

    return work


def sb3_steps(env: VecEnv) -> Work:
    """Steps of the face that SB3 trains on; a unit is one step of one env."""
    actions = drawn_actions(env.action_space, env.num_envs)
    env.reset()

    def work() -> int:
        for row in actions:
            env.step(row)
        return CHUNK * env.num_envs

    return work


def drawn_actions(space: gym.Space[Any], n_envs: int) -> npt.NDArray[Any]:
    """Random actions, `(CHUNK, n_envs, ...)`, the same every time."""
    space.seed(0)
    return np.array([[space.sample() for _ in range(n_envs)] for _ in range(CHUNK)])
