"""Borrowed scenes equal Gymnasium's environments bit for bit, by seed and actions."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row

BORROWED = [pytest.param(row, id=row.name) for row in CONTROL_ROWS if row.origin]
N_ENVS = 3


class Twin:
    """An environment of Gymnasium that begins anew where an episode ends, or where told to."""

    def __init__(self, origin: str, seed: int) -> None:
        self.env = gym.make(origin, disable_env_checker=True)
        self.seen, _ = self.env.reset(seed=seed)

    def step(self, action: Any, *, stop: bool) -> tuple[Any, float, bool, bool]:
        """Last observation of the step, reward and ends; `seen` is then the next first one."""
        last, reward, terminated, truncated, _ = self.env.step(action)
        self.seen = last
        if terminated or truncated or stop:
            self.seen, _ = self.env.reset()
        return last, float(reward), terminated, truncated


def compare(row: Row, n_steps: int, dtype: type[np.floating[Any]], seed: int = 0) -> int:
    """Step both with the same actions, beyond the limits too; number of episodes that ended."""
    batch = make_batch(EnvRef(id=row.id), N_ENVS)
    batch.reset([seed + i for i in range(N_ENVS)])
    twins = [Twin(row.origin, seed + i) for i in range(N_ENVS)]
    for i, twin in enumerate(twins):
        np.testing.assert_array_equal(batch.observations[i], twin.seen)
    stream, ended = np.random.default_rng(seed), 0
    low, high = batch.action_space.low, batch.action_space.high
    for step in range(n_steps):
        calm = 0.2 if step // 100 % 2 else 1.1
        actions = calm * stream.uniform(low, high, (N_ENVS, *low.shape))
        actions = actions.astype(dtype)
        batch.step(actions, autoreset=True)
        success = batch.reward > 0
        for i, twin in enumerate(twins):
            last, reward, terminated, truncated = twin.step(actions[i], stop=bool(success[i]))
            assert batch.native_reward[i] == reward
            assert batch.terminated[i] == (terminated or success[i])
            assert batch.truncated[i] == truncated
            if batch.terminated[i] or batch.truncated[i]:
                np.testing.assert_array_equal(batch.terminal_observations[i], last)
                ended += 1
            np.testing.assert_array_equal(batch.observations[i], twin.seen)
    return ended


@pytest.mark.parametrize("row", BORROWED)
def test_short_parity(row: Row) -> None:
    compare(row, 110 if row.horizon <= 100 else 60, np.float32)


@pytest.mark.parity
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("row", BORROWED)
def test_long_parity(row: Row, dtype: type[np.floating[Any]]) -> None:
    assert compare(row, 2500, dtype, seed=100) >= 3


@pytest.mark.parametrize("row", BORROWED)
def test_rules_are_the_originals(row: Row) -> None:
    spec = gym.spec(row.origin)
    assert row.horizon == spec.max_episode_steps
    versions = [s.version for s in gym.registry.values() if s.name == spec.name]
    assert spec.version == max(v for v in versions if v is not None)
    env, batch = gym.make(row.origin), make_batch(EnvRef(id=row.id), 1)
    assert batch.observation_space == env.observation_space
    assert batch.action_space == env.action_space
