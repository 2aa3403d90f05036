"""Gymnasium's vector infos: each key an array over the envs, beside it the envs it holds for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.batch import Observations
from alignenv.envs.faces.rewarded import Mask, RewardedBatch
from alignenv.spec import Records, StateSpec


def group(values: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """Each value under its key, and `mask` under the key with a leading underscore."""
    infos: dict[str, Any] = {}
    for key, value in values.items():
        infos[key], infos[f"_{key}"] = value, mask
    return infos


def transition_infos(rewarded: RewardedBatch, real: Mask, *, n_skipped: int) -> dict[str, Any]:
    """What the last transition paid.

    Args:
        rewarded: The envs.
        real: Envs whose transition is told about.
        n_skipped: Number of the others.
    """
    if n_skipped == len(real):
        return {}
    sparse = rewarded.batch.reward
    values: dict[str, Any] = {"sparse_reward": sparse * real if n_skipped else sparse.copy()}
    if names := rewarded.layer.component_names:
        parts = rewarded.components * real[:, None]
        columns = {name: parts[:, i] for i, name in enumerate(names)}
        values["reward_components"] = group(columns, real)
    return group(values, real)


def success_infos(rewarded: RewardedBatch, ended: Mask) -> dict[str, Any]:
    """TRUE success of the episodes that ended, unless the task keeps it hidden."""
    if rewarded.batch.task.has_truth:
        return {}
    return group({"success": ended & (rewarded.batch.reward > 0)}, ended)


def final_observations(observations: Observations, ended: Mask) -> npt.NDArray[np.object_]:
    """Observations of some envs, each independent of the buffers; None for the others.

    Args:
        observations: Batch of observations, one row per env.
        ended: Envs that are asked for, bool `(N,)`.
    """
    rows = ended.nonzero()[0]
    picked: list[Any] | npt.NDArray[Any]
    if isinstance(observations, dict):
        picked = [{} for _ in range(len(rows))]
        for key, part in observations.items():
            for observation, value in zip(picked, part[rows], strict=True):
                observation[key] = value
    else:
        picked = observations[rows]
    last = np.empty(len(ended), dtype=object)
    for row, observation in zip(rows.tolist(), picked, strict=True):
        last[row] = observation
    return last


def state_infos(spec: StateSpec, records: Records, mask: Mask) -> dict[str, Any]:
    """State records by field, each field an array with one row per env."""
    view = spec.view(np.where(mask[:, None], records, 0.0))
    fields: dict[str, npt.NDArray[Any]] = {
        f.name: view[f.name] > 0 if f.kind == "bool" else view[f.name] for f in spec
    }
    return group({"state": group(fields, mask)}, mask)
