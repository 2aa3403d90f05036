"""A policy as plain arrays, so that nothing a worker wrote is ever unpickled.

Weights, Adam state and normalisation statistics travel as `{name: array}`; they are checked
against a fresh model's names, shapes and types before they are loaded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.running_mean_std import RunningMeanStd
from stable_baselines3.common.vec_env import VecNormalize

from alignenv.errors import ConfigError

Arrays = dict[str, npt.NDArray[Any]]
"""Named arrays: `policy/...`, `adam/<parameter>/...`, `norm/...`."""


def pack(model: BaseAlgorithm) -> Arrays:
    """Everything needed to evaluate a training, and to continue one with PPO."""
    arrays: Arrays = {
        f"policy/{name}": value.detach().numpy().copy()
        for name, value in model.policy.state_dict().items()
    }
    if isinstance(model, OnPolicyAlgorithm):
        arrays |= _pack_adam(model)
    normaliser = model.get_vec_normalize_env()
    return arrays | (pack_normaliser(normaliser) if normaliser is not None else {})


def _pack_adam(model: OnPolicyAlgorithm) -> Arrays:
    return {
        f"adam/{index}/{key}": np.array(value.detach().numpy())
        for index, state in model.policy.optimizer.state_dict()["state"].items()
        for key, value in state.items()
    }


def pack_normaliser(env: VecNormalize) -> Arrays:
    """Running statistics of observations and returns."""
    arrays: Arrays = {"norm/ret": np.array([env.ret_rms.mean, env.ret_rms.var, env.ret_rms.count])}
    if (seen := _observed(env)) is not None:
        arrays["norm/obs_mean"] = np.array(seen.mean)
        arrays["norm/obs_var"] = np.array(seen.var)
        arrays["norm/obs_count"] = np.array(seen.count)
    return arrays


def _observed(env: VecNormalize) -> RunningMeanStd | None:
    """Statistics of array observations; None where observations are not normalised.

    Raises:
        ConfigError: Observations are dicts.
    """
    if not env.norm_obs:
        return None
    if isinstance(env.obs_rms, dict):
        raise ConfigError(
            "Observations by key cannot be normalised.", cure="Set normalize_obs = false."
        )
    return env.obs_rms


def unpack(model: BaseAlgorithm, arrays: Arrays) -> None:
    """Load weights, Adam state and statistics into a fresh model of the same shape.

    Raises:
        ConfigError: A name, shape, type or value does not fit; nothing was loaded.
    """
    load_weights(model.policy, arrays)
    _load_adam(model, arrays)
    if (normaliser := model.get_vec_normalize_env()) is not None:
        load_normaliser(normaliser, arrays)


def load_weights(policy: BasePolicy, arrays: Arrays) -> None:
    """Load the `policy/...` arrays into a fresh policy.

    Raises:
        ConfigError: A name, shape, type or value does not fit; nothing was loaded.
    """
    fresh = {f"policy/{name}": value.numpy() for name, value in policy.state_dict().items()}
    weights = {name: value for name, value in arrays.items() if name.startswith("policy/")}
    for name in sorted(fresh.keys() | weights.keys()):
        _check(name, weights.get(name), fresh.get(name))
    policy.load_state_dict(
        {name.removeprefix("policy/"): torch.from_numpy(v.copy()) for name, v in weights.items()}
    )


def load_normaliser(env: VecNormalize, arrays: Arrays) -> None:
    """Set running statistics from packed arrays."""
    for name, fresh in pack_normaliser(env).items():
        _check(name, arrays.get(name), fresh)
    env.ret_rms.mean, env.ret_rms.var, env.ret_rms.count = arrays["norm/ret"].copy()
    if (seen := _observed(env)) is not None:
        seen.mean = arrays["norm/obs_mean"].copy()
        seen.var = arrays["norm/obs_var"].copy()
        seen.count = float(arrays["norm/obs_count"])


def _load_adam(model: BaseAlgorithm, arrays: Arrays) -> None:
    optimizer = model.policy.optimizer
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in arrays.items():
        if name.startswith("adam/"):
            _, index, key = name.split("/")
            scalar = np.zeros((), dtype=np.float32)
            like = scalar if key == "step" else parameters[int(index)].detach().numpy()
            _check(name, value, like)
            state.setdefault(int(index), {})[key] = torch.from_numpy(value.copy())
    if state:
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": state, "param_groups": groups})


def _check(name: str, value: npt.NDArray[Any] | None, fresh: npt.NDArray[Any] | None) -> None:
    if value is None or fresh is None:
        side = "is missing" if value is None else "is not part of this policy"
        raise ConfigError(
            f"Policy array {name} {side}.",
            cure="Use the observation and preset that the policy was trained with.",
        )
    if value.shape != fresh.shape or value.dtype != fresh.dtype:
        raise ConfigError(
            f"Policy array {name} should be {fresh.dtype}{fresh.shape}, "
            f"got {value.dtype}{value.shape}.",
            cure="Use the observation and preset that the policy was trained with.",
        )
    if not np.isfinite(value).all():
        raise ConfigError(f"Policy array {name} holds NaN or infinity: the training diverged.")
