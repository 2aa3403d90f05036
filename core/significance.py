"""Is one reward better than another? Paired tests for few, noisy training runs.

Scores are float arrays `(runs, tasks)`, row i of both from the same training seed, so that runs
are compared in pairs; or `(searches, trainings, tasks)`, where the search is the unit. Randomness
comes from the generator passed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError
from alignenv.statistics import (
    Interval,
    flat,
    improvement_interval,
    probability_of_improvement,
    redraw,
)

FloatArray = npt.NDArray[np.float64]

_EXACT_PAIRS = 12
"""Up to as many pairs, every assignment of signs is tried."""
_N_RESAMPLES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """What is known of x against y.

    Attributes:
        difference: Mean of `x - y`.
        difference_interval: 95 % bootstrap interval of it, pairs redrawn within each task.
        improvement: Probability that a run of x beats a run of y, ties counted half.
        improvement_interval: 95 % bootstrap interval of it.
        p: Two-sided p-value of the paired sign-flip test.
    """

    difference: float
    difference_interval: Interval
    improvement: float
    improvement_interval: Interval
    p: float

    def verdict(self, p: float, *, level: float = 0.05) -> str:
        """`better`, `worse` or `undecided`.

        Both intervals have to exclude equality, and the p-value has to be small. Both intervals
        are needed because the first alone calls a difference real that one lucky run carries, and
        the second alone one that is too small to matter.

        Args:
            p: The p-value to use, corrected where several contrasts are read together.
            level: Largest p-value that counts.
        """
        low, high = self.difference_interval
        if p <= level and low > 0 and self.improvement_interval.low > 0.5:
            return "better"
        if p <= level and high < 0 and self.improvement_interval.high < 0.5:
            return "worse"
        return "undecided"


def contrast(x: npt.ArrayLike, y: npt.ArrayLike, *, rng: np.random.Generator) -> Contrast:
    """Compare paired runs.

    Args:
        x: Scores `(runs, tasks)`, or `(searches, trainings, tasks)`.
        y: Scores of the same shape, paired by row.
        rng: Where resamples come from.

    Raises:
        ConfigError: The shapes differ, or there is nothing to compare.
    """
    ours, theirs = _pair(x, y)
    gaps = ours - theirs
    means = redraw(gaps, _N_RESAMPLES, rng).mean(axis=(-2, -1))
    low, high = np.quantile(means, [0.025, 0.975])
    return Contrast(
        difference=float(gaps.mean()),
        difference_interval=Interval(float(low), float(high)),
        improvement=float(probability_of_improvement(flat(ours), flat(theirs))),
        improvement_interval=improvement_interval(ours, theirs, rng=rng),
        p=sign_flip_p(gaps if gaps.ndim == 2 else gaps.mean(axis=1), rng=rng),
    )


def sign_flip_p(gaps: npt.ArrayLike, *, rng: np.random.Generator) -> float:
    """Two-sided p-value of a mean gap of 0, by flipping the sign of each pair's gap.

    Fisher (1935), "The design of experiments", section 21. Exact for up to 12 pairs; else from
    10,000 random assignments, the observed one counted among them so that the value is never 0.
    With n pairs it cannot be below `2 / 2**n`: five pairs cannot show a difference at 5 %.

    Args:
        gaps: Differences of paired scores, any shape.
        rng: Where assignments come from.
    """
    flat = np.asarray(gaps, dtype=np.float64).ravel()
    observed = abs(flat.mean()) * (1 - 1e-12)
    if flat.size <= _EXACT_PAIRS:
        signs = np.array(list(product((-1.0, 1.0), repeat=flat.size)))
        return float(np.mean(np.abs(signs @ flat) / flat.size >= observed))
    signs = rng.choice((-1.0, 1.0), size=(_N_RESAMPLES, flat.size))
    extreme = np.count_nonzero(np.abs(signs @ flat) / flat.size >= observed)
    return float((extreme + 1) / (_N_RESAMPLES + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for being read together, in the order given.

    Holm (1979), "A simple sequentially rejective multiple test procedure".
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected


def _pair(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    ours, theirs = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if ours.shape != theirs.shape or ours.ndim not in (2, 3) or ours.size == 0:
        raise ConfigError(
            f"Paired scores need one shape (runs, tasks); got {ours.shape} and {theirs.shape}.",
            cure="Train both rewards on the same seeds and tasks.",
        )
    return ours, theirs
