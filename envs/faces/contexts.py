"""Reads `options["context"]` of a reset."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from alignenv.context import Contexts
from alignenv.errors import ConfigError
from alignenv.task import Task


def read_contexts(task: Task, options: Mapping[str, Any] | None, n_envs: int) -> Contexts | None:
    """One checked context per env, `(n_envs, task.context.size)`; None when none is given.

    Args:
        task: Whose parameters they are.
        options: `context` is one context for all envs (a mapping by name, or values in order), or
            a list of one per env.
        n_envs: Number of envs.

    Raises:
        UnknownName: A name is not a parameter of the task.
        ConfigError: A value is out of range, or the numbers do not fit.
    """
    given = (options or {}).get("context")
    if given is None:
        return None
    if isinstance(given, Mapping) or all(isinstance(part, Real) for part in given):
        return np.tile(task.context.read(given), (n_envs, 1))
    if len(given) != n_envs:
        raise ConfigError(
            f"{len(given)} contexts came for {n_envs} envs.",
            cure="Give one for all, or one per env.",
        )
    if any(one is None for one in given):
        raise ConfigError("Some envs have no context.", cure="Give one to all of them, or to none.")
    return np.stack([task.context.read(one) for one in given])
