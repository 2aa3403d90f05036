"""The bonus of random network distillation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv

from alignenv.agents.rnd import PERIOD, RandomNetworkDistillation
from alignenv.envs.make import EnvRef, make_sb3
from alignenv.errors import ConfigError

LEFT, FORWARD = 0, 2


def wrapped(seed: int = 0, n_envs: int = 8) -> RandomNetworkDistillation:
    native = make_sb3(EnvRef(id="AlignEnv-Empty-8x8-v0"), n_envs, seed=0)
    return RandomNetworkDistillation(native, 1.0, gamma=0.99, seed=seed)


def walk(env: VecEnv, steps: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    env.reset()
    return np.array([env.step(rng.integers(0, 3, env.num_envs))[1] for _ in range(steps)])


def test_what_is_met_again_and_again_pays_less_than_what_is_new() -> None:
    env = wrapped()
    env.reset()
    turns = np.array(
        [env.step(np.full(8, LEFT))[1].mean() for _ in range(8 * PERIOD)], dtype=np.float64
    )
    steps_ahead = [env.step(np.full(8, FORWARD))[1].mean() for _ in range(3)]
    assert turns[-PERIOD:].mean() < 0.5 * turns[PERIOD : 2 * PERIOD].mean()
    assert max(steps_ahead) > 1.5 * turns[-PERIOD:].mean()


def test_bonus_is_never_negative_and_comes_on_top() -> None:
    native = make_sb3(EnvRef(id="AlignEnv-Empty-8x8-v0"), 8, seed=0)
    paid, plain = walk(wrapped(), 300), walk(native, 300)
    assert np.all(paid >= plain)
    assert paid.std() > 0


def test_equal_seeds_pay_equally_and_leave_torchs_own_stream_alone() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again, other = (walk(wrapped(seed), 100) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_observations_of_another_form_are_refused() -> None:
    native = make_sb3(EnvRef(id="AlignEnv-Empty-8x8-v0"), 1, seed=0)
    native.observation_space = spaces.Dict({"a": spaces.Discrete(2)})
    with pytest.raises(ConfigError, match="flat observations"):
        RandomNetworkDistillation(native, 1.0, gamma=0.99, seed=0)
