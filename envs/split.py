"""Layouts for training apart from layouts for testing.

Disjoint seeds are not disjoint layouts: a small task has few of them. A split cuts the layouts
themselves in two, by a hash of their keys, and an env of one half never begins an episode in the
other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv, Observations
from alignenv.context import Contexts
from alignenv.envs.faces.observe import copy_batch
from alignenv.errors import ConfigError, UnknownName
from alignenv.spec import Records
from alignenv.task import Truth

SPLITS = ("train", "test")
"""Names of the two halves."""
MAX_REDRAWS = 1000
"""How often a layout is drawn again before its half counts as empty."""

Mask = npt.NDArray[np.bool_]


def half_of(key: bytes) -> str:
    """The half that a layout belongs to, on every machine and in every process.

    Args:
        key: What `BatchEnv.layout_keys` says of it.
    """
    return SPLITS[hashlib.blake2b(key, digest_size=1).digest()[0] & 1]


def other_half(split: str) -> str:
    """The half that is not `split`; empty for no split.

    Raises:
        UnknownName: There is no such half.
    """
    return SPLITS[1 - SPLITS.index(check_split(split))] if split else ""


def check_split(split: str) -> str:
    """The name itself.

    Raises:
        UnknownName: There is no such half.
    """
    if split not in SPLITS:
        raise UnknownName.of("split", split, SPLITS)
    return split


class SplitBatch:
    """A core whose episodes begin in one half of the layouts only.

    A layout of the other half is drawn again from the env's own random stream, so that equal
    seeds still give equal episodes. `alignenv.batch.make_oracle` makes an oracle for `inner`.

    Args:
        inner: The core; its layouts can be told apart.
        split: `train` or `test`.

    Attributes:
        inner: The core.
        split: Name of the half.

    Raises:
        UnknownName: There is no such half.
    """

    observations: Observations
    start: Records

    def __init__(self, inner: BatchEnv, split: str) -> None:
        self.inner, self.split = inner, check_split(split)
        self.task, self.n_envs = inner.task, inner.n_envs
        self.observation_space, self.action_space = inner.observation_space, inner.action_space
        self.terminal_observations = copy_batch(inner.observations)
        self.reward, self.native_reward = inner.reward.copy(), inner.native_reward.copy()
        self.terminated, self.truncated = inner.terminated.copy(), inner.truncated.copy()
        self.steps, self.state = inner.steps.copy(), inner.state.copy()
        self.truth: Truth = None if inner.truth is None else inner.truth.copy()
        self._connect()

    def _connect(self) -> None:
        """Show the buffers that a reset leaves as they should be seen."""
        self.observations, self.start = self.inner.observations, self.inner.start

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._connect()

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep these fields filled; see `BatchEnv.track`."""
        self.inner.track(fields)

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: Mask | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes in layouts of the half; see `BatchEnv.reset`.

        Raises:
            ConfigError: No layout of the half came up in `MAX_REDRAWS` draws, or layouts of the
                task cannot be told apart.
        """
        self.inner.reset(seeds, mask, contexts)
        chosen = np.ones(self.n_envs, dtype=np.bool_) if mask is None else np.asarray(mask)
        self._redraw(chosen)
        self._copy(chosen)
        self._connect()

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every env by one transition; see `BatchEnv.step`.

        Raises:
            ConfigError: No layout of the half came up in `MAX_REDRAWS` draws.
        """
        inner = self.inner
        inner.step(actions, autoreset=False)
        self._copy(slice(None))
        ended = self.terminated | self.truncated
        if ended.any():
            _copy_rows(inner.observations, self.terminal_observations, ended)
            if autoreset:
                inner.reset(None, ended)
                self._redraw(ended)
        self._connect()

    def _redraw(self, chosen: Mask) -> None:
        """Draw until every chosen env's layout is in the half."""
        left = chosen.copy()
        for _ in range(MAX_REDRAWS):
            keys = self.inner.layout_keys()
            for index in np.flatnonzero(left).tolist():
                left[index] = half_of(keys[index]) != self.split
            if not left.any():
                return
            self.inner.reset(None, left)
        raise ConfigError(
            f"{self.task.id}: {MAX_REDRAWS} layouts in a row, and none in the half {self.split!r}.",
            cure="It has too few layouts to split: leave out `split`, or take a larger task.",
        )

    def _copy(self, rows: Mask | slice) -> None:
        """Keep what a later reset of the core would overwrite."""
        inner = self.inner
        self.reward[rows], self.native_reward[rows] = inner.reward[rows], inner.native_reward[rows]
        self.terminated[rows], self.truncated[rows] = inner.terminated[rows], inner.truncated[rows]
        self.steps[rows], self.state[rows] = inner.steps[rows], inner.state[rows]
        if self.truth is not None and inner.truth is not None:
            self.truth[rows] = inner.truth[rows]

    def read_state(self) -> Records:
        """Fresh records of the present states; see `BatchEnv.read_state`."""
        return self.inner.read_state()

    def layout_keys(self) -> list[bytes]:
        """One key per env; see `BatchEnv.layout_keys`."""
        return self.inner.layout_keys()

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one env, `(height, width, 3)`."""
        return self.inner.render(index)

    def close(self) -> None:
        """Close the core; safe to call twice."""
        self.inner.close()


def _copy_rows(source: Observations, target: Observations, rows: Mask) -> None:
    if isinstance(source, dict) and isinstance(target, dict):
        for key, part in source.items():
            target[key][rows] = part[rows]
    elif not isinstance(source, dict) and not isinstance(target, dict):
        target[rows] = source[rows]
