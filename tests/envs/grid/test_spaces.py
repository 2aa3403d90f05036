"""Observation spaces and what Stable-Baselines3 makes of them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout


class Single(gym.Env[Any, Any]):
    """The least face of a core that Stable-Baselines3 accepts."""

    def __init__(self, core: GridCore) -> None:
        self.core = core
        self.observation_space, self.action_space = core.observation_space, core.action_space

    def _observe(self) -> Any:
        if isinstance(self.core.observations, dict):
            return {key: deepcopy(value[0]) for key, value in self.core.observations.items()}
        return self.core.observations[0].copy()

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.core.reset([seed])
        return self._observe(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        core = self.core
        core.step(np.array([int(action)]), autoreset=False)
        ended = bool(core.terminated[0]), bool(core.truncated[0])
        return self._observe(), float(core.reward[0]), *ended, {}


def test_observations_are_in_their_space(
    kind_layout: GridLayout,
    make_core: Callable[..., GridCore],
) -> None:
    for obs in ("symbolic", "image", "minigrid"):
        env, rng = Single(make_core(kind_layout, 1, obs)), np.random.default_rng(0)
        observation, _ = env.reset(seed=0)
        for _ in range(60):
            assert observation in env.observation_space
            observation, _, terminated, truncated, _ = env.step(rng.integers(env.action_space.n))
            if terminated or truncated:
                observation, _ = env.reset()


def test_minigrid_mode_has_minigrids_space(
    layout: GridLayout,
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
) -> None:
    space = make_core(layout, 1, "minigrid").observation_space
    assert space == make_minigrid(layout).observation_space


@pytest.mark.parametrize(
    ("obs", "policy"), [("symbolic", "MlpPolicy"), ("image", "MultiInputPolicy")]
)
def test_sb3_trains_on_it_out_of_the_box(
    obs: str, policy: str, make_core: Callable[..., GridCore]
) -> None:
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_checker import check_env

    layout = GridLayout(
        kind="doorkey", width=5, height=5, max_steps=250, minigrid_id="MiniGrid-DoorKey-5x5-v0"
    )
    env = Single(make_core(layout, 1, obs))
    check_env(env, warn=obs != "image")
    model = PPO(policy, env, n_steps=32, batch_size=32, n_epochs=1, device="cpu", seed=0)
    model.learn(32)
    names = {type(module).__name__ for module in model.policy.modules()}
    assert "NatureCNN" not in names
    features = model.policy.features_extractor.features_dim
    assert features == {"symbolic": 163, "image": 7 * 7 * 3 + 4}[obs]
