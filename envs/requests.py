"""What a core is asked for, checked: seeds, masks and actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.errors import CallOrderError, ConfigError

Flags = npt.NDArray[np.bool_]


def require_envs(n_envs: int) -> None:
    """Refuse an empty batch.

    Raises:
        ConfigError: Fewer than one env.
    """
    if n_envs < 1:
        raise ConfigError(
            f"A batch needs at least 1 environment; got {n_envs}.", cure="Give n_envs >= 1."
        )


def read_reset(
    n_envs: int, seeds: Sequence[int | None] | None, mask: Flags | None
) -> tuple[list[int | None], Flags]:
    """Seed of each env (None continues its stream), and which envs to reset, bool `(N,)`.

    Raises:
        ConfigError: Not one seed or mask value per env, or a negative seed.
    """
    chosen = np.ones(n_envs, np.bool_) if mask is None else np.array(mask, np.bool_)
    wanted: list[int | None] = [None] * n_envs if seeds is None else list(seeds)
    if chosen.shape != (n_envs,) or len(wanted) != n_envs:
        raise ConfigError(
            f"{n_envs} environments need {n_envs} seeds and mask values; "
            f"got {len(wanted)} and {chosen.size}.",
            cure="Give one per environment, or None.",
        )
    lowest = min((seed for seed in seeds or () if seed is not None), default=0)
    if lowest < 0:
        raise ConfigError(f"Seed {lowest} is negative.", cure="Use seeds >= 0.")
    return wanted, chosen


class Begun:
    """Which environments of a batch were ever reset.

    Args:
        n_envs: How many there are.
    """

    def __init__(self, n_envs: int) -> None:
        self._flags = np.zeros(n_envs, np.bool_)
        self.is_all = False

    def to_seed(
        self, seeds: Sequence[int | None], chosen: Flags
    ) -> Iterator[tuple[int, int | None]]:
        """Environments whose streams have to be seeded, with their seeds; all count as begun then.

        A stream that was seeded before and is given no seed goes on; one that never was begins
        from fresh entropy, which is seed None.

        Args:
            seeds: One per environment.
            chosen: Which are reset, bool `(N,)`.
        """
        for n in np.flatnonzero(chosen).tolist():
            if seeds[n] is not None or not self._flags[n]:
                yield n, seeds[n]
        self._flags |= chosen
        self.is_all = bool(self._flags.all())

    def require_all(self) -> None:
        """Refuse a step of a batch of which some were never reset.

        Raises:
            CallOrderError: Not all have begun.
        """
        if not self.is_all:
            raise CallOrderError(
                "An environment was stepped before its first reset.", cure="Call reset() first."
            )


def read_choices(n_envs: int, actions: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Discrete actions as the kernels take them, `(N,)`; their range is the kernel's to check.

    Raises:
        ConfigError: Not one whole number per env.
    """
    chosen = np.asarray(actions)
    if chosen.dtype.kind not in "iu" or chosen.shape != (n_envs,):
        raise ConfigError(
            f"Actions are {n_envs} whole numbers; got shape {chosen.shape} of {chosen.dtype}.",
            cure="Pass an integer array with one action per environment.",
        )
    return np.ascontiguousarray(chosen, np.int64)


def wrong_choice(actions: npt.NDArray[np.int64], index: int, n_actions: int) -> ConfigError:
    """The error for an action that is none of `0 .. n_actions - 1`."""
    return ConfigError(
        f"Action {actions[index]} of environment {index} is not in 0 to {n_actions - 1}.",
        cure="Draw actions from the action space.",
    )
