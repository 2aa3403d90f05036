"""Taking observations out of a core's buffers: whole batches and single rows, always as copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

from alignenv.envs.batch import Observations

Pick = Callable[[Any, int], Any]
"""`pick(observations, index)` is one env's observation, independent of the buffers."""


def row_picker(space: spaces.Space[Any]) -> Pick:
    """How to take one row of a batch as an element of `space`.

    Args:
        space: Observation space of one env.
    """
    if isinstance(space, spaces.Dict):
        parts = {key: row_picker(part) for key, part in space.items()}
        return lambda batch, index: {key: pick(batch[key], index) for key, pick in parts.items()}
    if isinstance(space, spaces.Discrete):
        return lambda batch, index: int(batch[index])
    if isinstance(space, spaces.Box):
        return lambda batch, index: batch[index].copy()
    return lambda batch, index: batch[index]


def copy_batch(observations: Observations) -> Any:
    """The whole batch, independent of the buffers."""
    if isinstance(observations, dict):
        return {key: part.copy() for key, part in observations.items()}
    return observations.copy()


def vector_copier(space: spaces.Space[Any]) -> Callable[[Any], Any]:
    """How to take a whole batch as an element of Gymnasium's batched space.

    Spaces that Gymnasium cannot stack, such as mission texts, are tuples there.

    Args:
        space: Batched observation space.
    """
    if isinstance(space, spaces.Dict):
        parts = {key: vector_copier(part) for key, part in space.items()}
        return lambda batch: {key: copy(batch[key]) for key, copy in parts.items()}
    if isinstance(space, spaces.Tuple):
        return lambda batch: tuple(batch.tolist())
    return np.copy
