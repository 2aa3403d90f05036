"""Taking observations out of a core's buffers: whole batches and single rows, always as copies."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

from gymnasium import spaces

from alignenv.batch import Observations

Pick = Callable[[Any, int], Any]
"""`pick(observations, index)` is one env's observation, independent of the buffers."""


def row_picker(space: spaces.Space[Any], *, plain_int: bool = False) -> Pick:
    """How to take one row of a batch as an element of `space`, keys in the batch's order.

    Args:
        space: Observation space of one env.
        plain_int: Whether whole numbers are Python's instead of numpy's.
    """
    if isinstance(space, spaces.Dict):
        parts = {key: row_picker(part, plain_int=plain_int) for key, part in space.items()}
        return lambda batch, index: {key: parts[key](rows, index) for key, rows in batch.items()}
    if isinstance(space, spaces.Box | spaces.MultiBinary | spaces.MultiDiscrete):
        return lambda batch, index: batch[index].copy()
    if isinstance(space, spaces.Discrete) and plain_int:
        return lambda batch, index: int(batch[index])
    return lambda batch, index: batch[index]


def copy_batch(observations: Observations) -> Observations:
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
    return methodcaller("copy")
