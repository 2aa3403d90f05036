"""SB3 training in segments, each defined by its starting arrays, its seed and its step count.

A segment begins with fresh episodes and a fresh random stream, so a training that is stopped
between segments continues to the same weights as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.policies import ActorCriticPolicy, MultiInputActorCriticPolicy
from stable_baselines3.common.vec_env import VecEnv, VecNormalize

from alignenv.agents.curve import CurveCallback, TrainingRecord
from alignenv.agents.presets import Preset
from alignenv.agents.weights import Arrays, pack, unpack
from alignenv.types import CurvePoint

_ACTIVATIONS: dict[str, type[torch.nn.Module]] = {
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
}


def policy_kwargs(preset: Preset, action_space: spaces.Space[Any]) -> dict[str, Any]:
    """Network arguments of SB3's actor-critic policies."""
    kwargs: dict[str, Any] = {
        "net_arch": list(preset.net_arch),
        "activation_fn": _ACTIVATIONS[preset.activation],
    }
    if isinstance(action_space, spaces.Box):
        kwargs["log_std_init"] = preset.log_std_init
    return kwargs


def build_policy(
    preset: Preset, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]
) -> ActorCriticPolicy:
    """A fresh policy network of the preset's shape, for evaluation."""
    kwargs = policy_kwargs(preset, action_space)
    if isinstance(observation_space, spaces.Dict):
        return MultiInputActorCriticPolicy(
            observation_space, action_space, lambda _: preset.learning_rate, **kwargs
        )
    return ActorCriticPolicy(
        observation_space, action_space, lambda _: preset.learning_rate, **kwargs
    )


def build_model(env: VecEnv, preset: Preset, seed: int) -> PPO:
    """A fresh SB3 model on `env`, normalised as the preset says."""
    if preset.normalize_obs or preset.normalize_reward:
        env = VecNormalize(
            env,
            norm_obs=preset.normalize_obs,
            norm_reward=preset.normalize_reward,
            gamma=preset.gamma,
        )
    is_dict = isinstance(env.observation_space, spaces.Dict)
    return PPO(
        "MultiInputPolicy" if is_dict else "MlpPolicy",
        env,
        learning_rate=preset.learning_rate,
        n_steps=preset.n_steps,
        batch_size=preset.batch_size,
        n_epochs=preset.n_epochs,
        gamma=preset.gamma,
        gae_lambda=preset.gae_lambda,
        ent_coef=preset.ent_coef,
        policy_kwargs=policy_kwargs(preset, env.action_space),
        seed=seed,
        device="cpu",
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
        on_step: Called after every step of the vector env.

    Returns:
        Arrays for `unpack` or evaluation, and what the training showed.

    Raises:
        ConfigError: `start` does not fit, or the training diverged to NaN.
        ValueFault: The reward program failed on a transition.
    """
    model = build_model(env, preset, seed)
    if start is not None:
        unpack(model, start)
    record = CurveCallback(timesteps, steps_before=steps_before, on_point=on_point, on_step=on_step)
    model.learn(timesteps, callback=record)
    return pack(model), record.finish()
