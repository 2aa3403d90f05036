"""Borrowed MuJoCo tasks against Stable-Baselines3's `DummyVecEnv` of the originals, per core.

Both sides play the same actions, compute observations and rewards, and begin a new episode where
one ends. Ours writes the state record as well, and judges success.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from alignenv.benchmarks.speed.contest import Work, contest
from alignenv.benchmarks.speed.grid import Effort
from alignenv.benchmarks.speed.rows import Row, row_of
from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_sb3
from alignenv.envs.suite import SUITE
from alignenv.errors import UnknownName
from alignenv.seeding import generator

N_ENVS = 32
VEC_ENV = "MuJoCo step, SB3 VecEnv of 32, observation and reward"
CONTROL_TARGET = 1.5
LIGHT = frozenset({"Reacher-v5", "Pusher-v5"})
"""Originals that the target speaks of. With the others the simulation itself takes nine tenths of
our time, so that nothing around it can be made that much faster."""


def borrowed_ids() -> tuple[str, ...]:
    """Tasks that have an original to be compared with."""
    return tuple(row.id for row in CONTROL_ROWS if row.origin)


def measure_control(task_ids: Iterable[str], effort: Effort) -> Iterator[Row]:
    """One row per task.

    Args:
        task_ids: Ids of borrowed control tasks.
        effort: How long; its `n_envs` is not used.

    Raises:
        UnknownName: An id is not in the suite.
    """
    for task_id in task_ids:
        row = SUITE.row(task_id)
        if row is None or not row.origin:
            raise UnknownName.of("borrowed control task", task_id, borrowed_ids())
        theirs = DummyVecEnv([partial(gym.make, row.origin) for _ in range(N_ENVS)])
        ours = make_sb3(EnvRef(id=task_id), N_ENVS, seed=0)
        outcome = contest(
            stepping(theirs), stepping(ours), rounds=effort.rounds, seconds=effort.seconds
        )
        target = CONTROL_TARGET if row.origin in LIGHT else None
        yield row_of(outcome, measure=VEC_ENV, subject=task_id, unit="steps/s", target=target)
        theirs.close()
        ours.close()


def stepping(env: VecEnv, chunk: int = 4) -> Work:
    """Steps of a vector env; a unit is one step of one env."""
    act = random_motion(env, 64)
    env.seed(0)
    env.reset()

    def work() -> int:
        for _ in range(chunk):
            env.step(act())
        return chunk * env.num_envs

    return work


def random_motion(env: VecEnv, n: int) -> Callable[[], npt.NDArray[Any]]:
    """The same actions for every contestant, `n` of them over and over."""
    space = env.action_space
    assert isinstance(space, gym.spaces.Box), "MuJoCo's actions are continuous"
    stream = generator(0, "evidence", "speed")
    drawn = stream.uniform(space.low, space.high, (n, env.num_envs, *space.shape))
    actions, turn = drawn.astype(np.float32), 0

    def act() -> npt.NDArray[Any]:
        nonlocal turn
        turn = (turn + 1) % n
        return np.asarray(actions[turn])

    return act
