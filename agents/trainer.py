"""SB3 training in segments, each defined by its starting arrays, its seed and its step count.

A segment begins with fresh episodes and a fresh random stream, so a training that is stopped
between segments continues to the same weights as one that was not. Off-policy algorithms train in
one segment: their replay buffer is not handed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3 import DQN, PPO, SAC
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.policies import ActorCriticPolicy, BasePolicy
from stable_baselines3.common.torch_layers import CombinedExtractor
from stable_baselines3.common.type_aliases import PyTorchObs
from stable_baselines3.common.vec_env import VecEnv, VecNormalize
from stable_baselines3.dqn.policies import DQNPolicy
from stable_baselines3.sac.policies import SACPolicy

from alignenv.agents.curve import CurveCallback, Losses, TrainingRecord
from alignenv.agents.presets import DqnPreset, PpoPreset, Preset, SacPreset, require_segments
from alignenv.agents.weights import Arrays, pack, unpack
from alignenv.errors import ConfigError
from alignenv.types import CurvePoint

_ACTIVATIONS: dict[str, type[torch.nn.Module]] = {
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
}


class EpsilonGreedy(DQNPolicy):
    """A Q-network that is sampled as it explored at the end of its training.

    Attributes:
        epsilon: Share of uniformly random actions among sampled ones.
    """

    epsilon = 0.0

    def _predict(self, obs: PyTorchObs, deterministic: bool = True) -> torch.Tensor:
        best = super()._predict(obs)
        if deterministic:
            return best
        assert isinstance(self.action_space, spaces.Discrete), "DQN has no other actions"
        strays = torch.rand(best.shape) < self.epsilon
        return torch.where(strays, torch.randint(int(self.action_space.n), best.shape), best)


_POLICIES: dict[str, Callable[..., BasePolicy]] = {
    "PPO": ActorCriticPolicy,
    "DQN": EpsilonGreedy,
    "SAC": SACPolicy,
}


def policy_kwargs(preset: Preset, action_space: spaces.Space[Any]) -> dict[str, Any]:
    """Network arguments of SB3's policies."""
    kwargs: dict[str, Any] = {
        "net_arch": list(preset.net_arch),
        "activation_fn": _ACTIVATIONS[preset.activation],
    }
    if isinstance(preset, PpoPreset) and isinstance(action_space, spaces.Box):
        kwargs["log_std_init"] = preset.log_std_init
    return kwargs


def build_policy(
    preset: Preset, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]
) -> BasePolicy:
    """A fresh policy network of the preset's shape, for evaluation."""
    kwargs = policy_kwargs(preset, action_space)
    if isinstance(observation_space, spaces.Dict):
        kwargs["features_extractor_class"] = CombinedExtractor
    policy = _POLICIES[preset.algorithm](
        observation_space, action_space, lambda _: preset.learning_rate, **kwargs
    )
    if isinstance(preset, DqnPreset) and isinstance(policy, EpsilonGreedy):
        policy.epsilon = preset.exploration_final_eps
    return policy


def build_model(env: VecEnv, preset: Preset, seed: int) -> BaseAlgorithm:
    """A fresh SB3 model on `env`, normalised as the preset says.

    Raises:
        ConfigError: The algorithm cannot learn from such actions or observations.
    """
    if preset.normalize_obs or preset.normalize_reward:
        env = VecNormalize(
            env,
            norm_obs=preset.normalize_obs,
            norm_reward=preset.normalize_reward,
            gamma=preset.gamma,
        )
    is_dict = isinstance(env.observation_space, spaces.Dict)
    common: dict[str, Any] = {
        "policy": "MultiInputPolicy" if is_dict else "MlpPolicy",
        "env": env,
        "learning_rate": preset.learning_rate,
        "batch_size": preset.batch_size,
        "gamma": preset.gamma,
        "policy_kwargs": policy_kwargs(preset, env.action_space),
        "seed": seed,
        "device": "cpu",
    }
    if isinstance(preset, PpoPreset):
        return _ppo(preset, common)
    _check_spaces(preset, env)
    common |= {
        "train_freq": preset.train_freq,
        "gradient_steps": preset.gradient_steps,
        "buffer_size": preset.buffer_size,
        "learning_starts": preset.learning_starts,
        "n_steps": preset.return_steps,
    }
    return _dqn(preset, common) if isinstance(preset, DqnPreset) else _sac(preset, common)


def _ppo(preset: PpoPreset, common: dict[str, Any]) -> PPO:
    return PPO(
        **common,
        n_steps=preset.n_steps,
        n_epochs=preset.n_epochs,
        gae_lambda=preset.gae_lambda,
        ent_coef=preset.ent_coef,
    )


def _dqn(preset: DqnPreset, common: dict[str, Any]) -> DQN:
    return DQN(
        **common,
        target_update_interval=preset.target_update_interval,
        exploration_fraction=preset.exploration_fraction,
        exploration_final_eps=preset.exploration_final_eps,
    )


def _sac(preset: SacPreset, common: dict[str, Any]) -> SAC:
    return SAC(**common, tau=preset.tau, ent_coef=preset.ent_coef)


def _check_spaces(preset: DqnPreset | SacPreset, env: VecEnv) -> None:
    actions, wanted = env.action_space, "discrete actions"
    is_usable = isinstance(actions, spaces.Discrete)
    if isinstance(preset, SacPreset):
        wanted = "continuous actions with finite bounds"
        is_usable = isinstance(actions, spaces.Box) and bool(
            np.isfinite([actions.low, actions.high]).all()
        )
    if not is_usable:
        raise ConfigError(
            f"{preset.algorithm} needs {wanted}, this task has {actions}.",
            cure="Train with PPO, or with the algorithm for such actions.",
        )
    if preset.return_steps > 1 and isinstance(env.observation_space, spaces.Dict):
        raise ConfigError(
            f"Returns of {preset.return_steps} steps need observations in one array.",
            cure="Choose such an observation, or set return_steps = 1.",
        )


def train_segment(
    env: VecEnv,
    preset: Preset,
    *,
    seed: int,
    timesteps: int,
    start: Arrays | None = None,
    steps_before: int = 0,
    on_point: Callable[[CurvePoint], None] = lambda _: None,
    on_losses: Callable[[int, Losses], None] = lambda _steps, _losses: None,
    on_step: Callable[[], None] = lambda: None,
) -> tuple[Arrays, TrainingRecord]:
    """Train for `timesteps` env steps and return the arrays of the final policy.

    Args:
        env: Native vector env with `preset.n_envs` copies; its seeds are set from `seed`.
        preset: Training settings.
        seed: Seed of this segment's env, network initialisation and action noise.
        timesteps: Whole rollouts; see `Preset.whole_rollouts`.
        start: Arrays of the segment before; None to begin from scratch.
        steps_before: Env steps of the segments before, for the curve's axis.
        on_point: Called with each point of the learning curve as it is known.
        on_losses: Called after it with its env steps and the losses of the last update, by
            SB3's names.
        on_step: Called after every step of the vector env.

    Returns:
        Arrays for `unpack` or evaluation, and what the training showed.

    Raises:
        ConfigError: `start` does not fit, the algorithm cannot go on from it or cannot learn
            the task, or the training diverged to NaN.
        ValueFault: The reward program failed on a transition.
    """
    model = build_model(env, preset, seed)
    if start is not None:
        require_segments(preset, "A segment after the first")
        unpack(model, start)
    record = CurveCallback(
        timesteps,
        steps_before=steps_before,
        on_point=on_point,
        on_losses=on_losses,
        on_step=on_step,
    )
    model.learn(timesteps, callback=record, log_interval=timesteps + 1)
    return pack(model), record.finish()
