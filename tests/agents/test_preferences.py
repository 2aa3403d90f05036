"""A reward fitted to comparisons, by the model of Bradley and Terry."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnvWrapper

from alignenv.agents.preferences import Clip, Comparison, PaidByPreferences, PreferenceReward
from alignenv.envs.make import EnvRef, make_sb3
from alignenv.errors import ConfigError

SEEN = spaces.Box(-1, 1, (4,), np.float32)
DONE = spaces.Discrete(3)


def linear(seed: int = 0) -> PreferenceReward:
    return PreferenceReward(SEEN, DONE, seed=seed, widths=(), learning_rate=0.02, weight_decay=0.0)


def clips(n: int, length: int = 5, seed: int = 0) -> list[Clip]:
    rng = np.random.default_rng(seed)
    return [
        Clip(rng.uniform(-1, 1, (length, 4)).astype(np.float32), rng.integers(3, size=length))
        for _ in range(n)
    ]


def test_fitted_log_odds_are_those_of_the_labels() -> None:
    """With one free difference, cross-entropy is least where sigmoid(difference) = label."""
    here, there = (Clip(np.eye(4)[[i]], np.array([0])) for i in (0, 1))
    for label, lead in ((0.75, 1.0), (0.5, 0.0)):
        reward = linear()
        loss = reward.fit([here, there], [Comparison(0, 1, label)], updates=200)
        entropy = -label * np.log(label) - (1 - label) * np.log(1 - label)
        assert loss == pytest.approx(entropy, abs=1e-4)
        gap = float(reward.rewards(here)[0] - reward.rewards(there)[0])
        assert gap == pytest.approx(2.0 * lead, abs=1e-2), "two returns of deviation 1"


def test_a_linear_reward_is_recovered_from_comparisons_drawn_by_the_model() -> None:
    weights, kinds = np.array([2.0, -1.0, 0.5, 0.0]), np.array([0.0, 1.0, -1.0])
    known = clips(60)
    returns = np.array([(c.observations @ weights + kinds[c.actions]).sum() for c in known])
    rng = np.random.default_rng(1)
    pairs = rng.integers(60, size=(600, 2))
    chance = 1 / (1 + np.exp(returns[pairs[:, 1]] - returns[pairs[:, 0]]))
    labels = (rng.random(600) < chance).astype(float)
    answers = [Comparison(a, b, y) for (a, b), y in zip(pairs.tolist(), labels, strict=True)]
    reward = linear()
    reward.fit(known, answers, updates=200)
    fresh = clips(200, seed=2)
    told = np.array([reward.rewards(c).sum() for c in fresh])
    truth = np.array([(c.observations @ weights + kinds[c.actions]).sum() for c in fresh])
    assert np.corrcoef(told, truth)[0, 1] > 0.97
    assert np.std([reward.rewards(c).sum() for c in known]) == pytest.approx(1.0, abs=0.02)


def test_equal_seeds_fit_equally_and_leave_torchs_own_stream_alone() -> None:
    known, answers = clips(6), [Comparison(0, 1, 1.0), Comparison(2, 3, 0.0)]
    before = torch.random.get_rng_state()
    paid = []
    for seed in (1, 1, 2):
        reward = PreferenceReward(SEEN, DONE, seed=seed)
        reward.fit(known, answers, updates=5)
        paid.append(reward.rewards(known[5]))
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(paid[0], paid[1])
    assert not np.array_equal(paid[0], paid[2])


class Blind(VecEnvWrapper):
    """Hides rewards and every word about success."""

    def reset(self) -> np.ndarray:
        return self.venv.reset()

    def step_wait(self) -> tuple:
        observations, rewards, ends, infos = self.venv.step_wait()
        for info in infos:
            for key in ("success", "milestones", "episode"):
                info.pop(key, None)
        return observations, np.full_like(rewards, np.nan), ends, infos


def test_pay_depends_on_what_the_agent_sees_and_does_alone() -> None:
    ref = EnvRef(id="AlignEnv-Empty-5x5-v0")
    paid = []
    for is_blind in (False, True):
        native = make_sb3(ref, 8, seed=0)
        reward = PreferenceReward(native.observation_space, native.action_space, seed=0)
        assert reward.n_inputs == native.observation_space.shape[0] + native.action_space.n
        env = PaidByPreferences(Blind(native) if is_blind else native, reward)
        rng = np.random.default_rng(0)
        seen, rows, successes = env.reset(), [], 0
        for _ in range(40):
            actions = rng.integers(3, size=8)
            expected = reward.rewards(Clip(seen, actions))
            seen, got, _, infos = env.step(actions)
            successes += sum(info.get("success", False) for info in infos)
            np.testing.assert_array_equal(got, expected)
            rows.append(got)
        assert is_blind or successes, "some episodes succeed, which would show"
        paid.append(rows)
    np.testing.assert_array_equal(paid[0], paid[1])


def test_spaces_of_another_form_are_refused() -> None:
    with pytest.raises(ConfigError, match="flat observations"):
        PreferenceReward(spaces.Dict({"a": SEEN}), DONE, seed=0)
    with pytest.raises(ConfigError, match="discrete actions or a box"):
        PreferenceReward(SEEN, spaces.MultiBinary(2), seed=0)
