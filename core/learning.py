"""Figures of learning curves: how soon a level is reached, and how much was reached on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError

FloatArray = npt.NDArray[np.float64]


def steps_to_threshold(
    steps: npt.ArrayLike, values: npt.ArrayLike, threshold: float
) -> float | None:
    """Env steps at the first point from which a curve stays at or above the threshold.

    A point that is high by chance, before lower ones, does not count.

    Args:
        steps: Env steps of the points, `(n,)`, rising.
        values: Values at those points, `(n,)`.
        threshold: The level.

    Returns:
        Env steps, or None for a curve that ends below: the time is censored at its end.
    """
    at, reached = _curve(steps, values)
    below = np.flatnonzero(reached < threshold)
    first = below[-1] + 1 if below.size else 0
    return float(at[first]) if first < at.size else None


def restricted_mean(times: Sequence[float | None], horizon: float) -> float:
    """Mean of `min(time, horizon)`; a censored time (None) counts as the horizon.

    With one common horizon that is the area under the Kaplan-Meier curve up to it: Royston and
    Parmar (2013), "Restricted mean survival time". It is a lower bound of the mean time, and
    never undefined.

    Raises:
        ConfigError: There are no times.
    """
    if not times:
        raise ConfigError("A restricted mean needs at least one time.", cure="Pass one per run.")
    return float(np.mean([horizon if time is None else min(time, horizon) for time in times]))


def area_under_curve(steps: npt.ArrayLike, values: npt.ArrayLike, total: float) -> float:
    """Mean height of a curve over `[0, total]` env steps, by the trapezoid rule.

    Before its first point a curve has the height of that point, after its last of the last.

    Args:
        steps: Env steps of the points, `(n,)`, rising.
        values: Values at those points, `(n,)`.
        total: Env steps of the whole training, > 0.

    Raises:
        ConfigError: The curve has no point, or `total` is not positive.
    """
    at, reached = _curve(steps, values)
    if not at.size or total <= 0:
        raise ConfigError(f"No area under {at.size} points over {total} env steps.")
    grid = np.unique(np.concatenate([[0.0, total], at[at < total]]))
    return float(np.trapezoid(np.interp(grid, at, reached), grid) / total)


def _curve(steps: npt.ArrayLike, values: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    at, reached = np.asarray(steps, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if at.shape != reached.shape or at.ndim != 1 or np.any(np.diff(at) <= 0):
        raise ConfigError(
            f"A curve needs rising steps and one value each; got {at.shape} and {reached.shape}.",
            cure="Sort the points by env steps, and keep one of each.",
        )
    return at, reached
