"""Taking observations out of a core's buffers: whole batches and single rows, always as copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import getitem, methodcaller
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
        return partial(_pick_parts, parts)
    if isinstance(space, spaces.Box | spaces.MultiBinary | spaces.MultiDiscrete):
        return _copy_row
    if isinstance(space, spaces.Discrete) and plain_int:
        return _pick_int
    return getitem


def _pick_parts(parts: dict[str, Pick], batch: Any, index: int) -> dict[str, Any]:
    return {key: parts[key](rows, index) for key, rows in batch.items()}


def _copy_row(batch: Any, index: int) -> Any:
    return batch[index].copy()


def _pick_int(batch: Any, index: int) -> int:
    return int(batch[index])


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
        return partial(_copy_parts, parts)
    if isinstance(space, spaces.Tuple):
        return _as_tuple
    return methodcaller("copy")


def _copy_parts(parts: dict[str, Callable[[Any], Any]], batch: Any) -> dict[str, Any]:
    return {key: copy(batch[key]) for key, copy in parts.items()}


def _as_tuple(batch: Any) -> tuple[Any, ...]:
    return tuple(batch.tolist())
