"""Sequences of actions, and how new ones are made of those that paid best.

A script is all actions of an episode. Children of a script keep most of it: a part is repeated to
the end, drawn anew, held, left out or put in, or its end is taken from another script.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

Script = npt.NDArray[Any]
LONGEST_LAP, LONGEST_WINDOW = 12, 20
"""Most steps of a part that is repeated, and of one that is changed."""
_WIDEST = 1e3
"""Bound of actions in a box that has none."""


class Scripts:
    """Makes scripts for one action space.

    Args:
        space: Whole numbers or a box.
        horizon: Length of every script.
        rng: Where all choices come from.
    """

    def __init__(
        self, space: spaces.Discrete[Any] | spaces.Box, horizon: int, rng: np.random.Generator
    ) -> None:
        self._space, self._horizon, self._rng = space, horizon, rng
        self._ways: tuple[Callable[[Script, int, int], Script], ...] = (
            self._lap,
            self._lap,
            self._anew,
            self._held,
            self._left_out,
            self._put_in,
        )

    def draw(self, n: int) -> Script:
        """`n` actions, evenly from the space."""
        space = self._space
        if isinstance(space, spaces.Discrete):
            return self._rng.integers(space.start, space.start + space.n, size=n)
        low, high = np.maximum(space.low, -_WIDEST), np.minimum(space.high, _WIDEST)
        return self._rng.uniform(low, high, size=(n, *space.shape)).astype(space.dtype)

    def restless(self) -> Script:
        """Random actions, each held for some steps."""
        held = self._rng.integers(1, LONGEST_WINDOW, size=self._horizon)
        return np.repeat(self.draw(self._horizon), held, axis=0)[: self._horizon]

    def filled(self, begun: Script) -> Script:
        """A script that goes on as it ended: the last two actions in turns."""
        missing = self._horizon - len(begun)
        if missing <= 0:
            return begun[: self._horizon]
        end = begun[-2:] if len(begun) else self.draw(1)
        laps = np.concatenate([end] * -(-missing // len(end)))
        return np.concatenate([begun, laps[:missing]])

    def child(self, parents: Sequence[tuple[Script, int]]) -> Script:
        """A new script.

        Args:
            parents: Scripts, and how many of their steps were played before the episode ended.
        """
        script, n = parents[int(self._rng.integers(len(parents)))]
        n = max(1, min(n, self._horizon))
        for _ in range(int(self._rng.integers(1, 4))):
            if self._rng.random() < 0.15:
                other = parents[int(self._rng.integers(len(parents)))][0]
                at = int(self._rng.integers(n))
                script = np.concatenate([script[:at], other[at:]])
                continue
            at = int(self._rng.integers(n))
            way = self._ways[int(self._rng.integers(len(self._ways)))]
            length = int(self._rng.integers(1, LONGEST_WINDOW))
            script = self.filled(way(script, at, length))
        return script

    def _lap(self, script: Script, at: int, length: int) -> Script:
        """A part again and again, to the end."""
        lap = script[at : at + min(length, LONGEST_LAP)]
        n = self._horizon - at
        return np.concatenate([script[:at], np.concatenate([lap] * -(-n // len(lap)))[:n]])

    def _anew(self, script: Script, at: int, length: int) -> Script:
        return np.concatenate([script[:at], self.draw(length), script[at + length :]])

    def _held(self, script: Script, at: int, length: int) -> Script:
        held = np.repeat(self.draw(1), length, axis=0)
        return np.concatenate([script[:at], held, script[at + length :]])

    def _left_out(self, script: Script, at: int, length: int) -> Script:
        return np.concatenate([script[:at], script[at + length :]])

    def _put_in(self, script: Script, at: int, length: int) -> Script:
        return np.concatenate([script[:at], self.draw(length), script[at:]])
