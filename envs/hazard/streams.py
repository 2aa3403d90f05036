"""One random stream per env, drawn from for many envs at once without compiled code.

Each stream is SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
Generators", OOPSLA 2014): a counter that is mixed into 64 bits, so that a block of draws is one
array expression.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = tuple(np.uint64(bits) for bits in (30, 27, 31, 11))
_UNIT = 2.0**-53

Rows = npt.NDArray[np.int64]


class Streams:
    """Random streams of N envs.

    Args:
        n_envs: N.
    """

    def __init__(self, n_envs: int) -> None:
        self._counters = np.zeros(n_envs, dtype=np.uint64)

    def seed(self, index: int, seed: int | None) -> None:
        """Begin one stream anew; None takes entropy from the operating system."""
        self._counters[index] = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]

    def draw(self, rows: Rows, n: int) -> npt.NDArray[np.float64]:
        """`n` numbers in [0, 1) from each of these envs' streams, `(len(rows), n)`."""
        ahead = np.arange(1, n + 1, dtype=np.uint64) * _GAMMA
        bits = self._counters[rows, np.newaxis] + ahead
        self._counters[rows] = bits[:, -1]
        bits = (bits ^ (bits >> _SHIFTS[0])) * _FIRST
        bits = (bits ^ (bits >> _SHIFTS[1])) * _SECOND
        bits ^= bits >> _SHIFTS[2]
        unit: npt.NDArray[np.float64] = (bits >> _SHIFTS[3]) * _UNIT
        return unit
