"""Grid tasks against MiniGrid: vector steps, single steps and resets, per core.

Both sides play the same random actions, drawn beforehand, and begin a new episode where one ends.
MiniGrid is what `gym.make` gives, one env; it gains nothing from being vectorised in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import minigrid
import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.benchmarks.speed.contest import Work, contest
from alignenv.benchmarks.speed.rows import Row, row_of
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.suite import SUITE
from alignenv.errors import UnknownName
from alignenv.seeding import generator

gym.register_envs(minigrid)

N_ENVS = 512
N_ACTIONS = 7
CORE_IMAGE = "core step, image observation, sparse reward"
VECTOR_IMAGE = "vector step, image observation, sparse reward"
VECTOR_HUMAN = "vector step, symbolic observation, human reward"
SINGLE = "single step through gym.make"
RESETS = "resets"
GRID_TARGETS: dict[str, float | None] = {
    CORE_IMAGE: None,
    VECTOR_IMAGE: 500.0,
    VECTOR_HUMAN: 100.0,
    SINGLE: 20.0,
    RESETS: 300.0,
}
"""Grid measures with the ratio that each must reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: Turns of each side.
        seconds: CPU seconds of each turn.
        n_envs: Copies in the vector env.
    """

    rounds: int = 5
    seconds: float = 0.12
    n_envs: int = N_ENVS


def measure_grid(task_ids: Iterable[str], effort: Effort) -> Iterator[Row]:
    """Every grid measure of every task, one row at a time.

    Args:
        task_ids: Ids of grid tasks.
        effort: How long.

    Raises:
        UnknownName: An id is not in the suite.
    """
    for task_id in task_ids:
        origin = _origin(task_id)
        image = make_vector(task_id, effort.n_envs, obs="image")
        human = make_vector(task_id, effort.n_envs, obs="symbolic", reward="human")
        single = gym.make(task_id, obs="image")
        theirs = gym.make(origin)
        core = make_batch(EnvRef(id=task_id, obs="image"), effort.n_envs)
        pairs = {
            CORE_IMAGE: (single_steps(theirs), core_steps(core, 16)),
            VECTOR_IMAGE: (single_steps(theirs), vector_steps(image, 16)),
            VECTOR_HUMAN: (single_steps(theirs), vector_steps(human, 16)),
            SINGLE: (single_steps(theirs), single_steps(single)),
            RESETS: (single_resets(theirs), vector_resets(image)),
        }
        for measure, (baseline, ours) in pairs.items():
            outcome = contest(baseline, ours, rounds=effort.rounds, seconds=effort.seconds)
            unit = "resets/s" if measure == RESETS else "steps/s"
            target = GRID_TARGETS[measure]
            yield row_of(outcome, measure=measure, subject=task_id, unit=unit, target=target)
        for env in (image, human, single, theirs, core):
            env.close()


def _origin(task_id: str) -> str:
    row = SUITE.row(task_id)
    if row is None:
        raise UnknownName.of("task", task_id, SUITE.ids())
    return row.origin


def make_vector(task_id: str, n_envs: int, **options: Any) -> gym.vector.VectorEnv[Any, Any, Any]:
    """A native vector env in which every step is a real transition of every env."""
    return gym.make_vec(task_id, num_envs=n_envs, autoreset_mode="SameStep", **options)


def random_actions(*shape: int, n: int = N_ACTIONS) -> npt.NDArray[np.int64]:
    """The same actions for every contestant that asks for the same shape."""
    return generator(0, "evidence", "speed").integers(n, size=shape)


def n_actions(space: gym.Space[Any]) -> int:
    """Number of choices of a discrete action."""
    assert isinstance(space, gym.spaces.Discrete)
    return int(space.n)


def single_steps(env: gym.Env[Any, Any], chunk: int = 64) -> Work:
    """Steps of one env, reset where an episode ends."""
    actions = random_actions(chunk, n=n_actions(env.action_space)).tolist()
    env.reset(seed=0)

    def work() -> int:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return chunk

    return work


def core_steps(core: BatchEnv, chunk: int) -> Work:
    """Steps of the batched core behind every face; a unit is one step of one env."""
    actions = random_actions(chunk, core.n_envs, n=n_actions(core.action_space))
    core.reset(list(range(core.n_envs)))

    def work() -> int:
        for row in actions:
            core.step(row, autoreset=True)
        return chunk * core.n_envs

    return work


def vector_steps(env: gym.vector.VectorEnv[Any, Any, Any], chunk: int) -> Work:
    """Steps of a vector env; a unit is one step of one env."""
    actions = random_actions(chunk, env.num_envs, n=n_actions(env.single_action_space))
    env.reset(seed=0)

    def work() -> int:
        for row in actions:
            env.step(row)
        return chunk * env.num_envs

    return work


def single_resets(env: gym.Env[Any, Any], chunk: int = 16) -> Work:
    """New episodes of one env, its random stream continued."""
    env.reset(seed=0)

    def work() -> int:
        for _ in range(chunk):
            env.reset()
        return chunk

    return work


def vector_resets(env: gym.vector.VectorEnv[Any, Any, Any], chunk: int = 4) -> Work:
    """New episodes of every env, their random streams continued."""
    env.reset(seed=0)

    def work() -> int:
        for _ in range(chunk):
            env.reset()
        return chunk * env.num_envs

    return work
