"""What a training showed, in the form that coders act on: verdicts and reflection series.

Follows the reward reflection of Eureka (Ma et al., ICLR 2024, section 3.3): every component as a
short series over training with its extremes, beside the true success.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alignenv.types import ComponentStats, CurvePoint, Evaluation

N_POINTS = 10
"""Points of a series in a reflection."""

_SOLVED = 0.5
_FARMED_PAYMENTS = 3.0
_DOMINANCE = 10.0
_SILENCE = 1e-4


class Verdict(enum.StrEnum):
    """What a component's statistics say about it while the task is not solved."""

    SILENT = "silent"
    FARMED = "farmed"
    DOMINATING = "dominating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One quantity over training.

    Attributes:
        name: What it is.
        values: About `N_POINTS` values in order of env steps.
        low: Smallest value of all points.
        high: Largest value of all points.
        mean: Mean of all points.
    """

    name: str
    values: tuple[float, ...]
    low: float
    high: float
    mean: float


def judge_components(evaluation: Evaluation) -> dict[str, Verdict]:
    """Verdicts by component name; components without one are left out.

    A component is farmed when, without success, it pays in an average episode several times what
    it can pay in one step; it dominates when it outweighs all others together tenfold.
    """
    if evaluation.score.success >= _SOLVED:
        return {}
    total = sum(abs(stats.mean) for stats in evaluation.components.values())
    verdicts = {}
    for name, stats in evaluation.components.items():
        if stats.active < _SILENCE:
            verdicts[name] = Verdict.SILENT
        elif _is_farmed(stats, evaluation.score.mean_length):
            verdicts[name] = Verdict.FARMED
        elif abs(stats.mean) > _DOMINANCE * (total - abs(stats.mean)) > 0:
            verdicts[name] = Verdict.DOMINATING
    return verdicts


def _is_farmed(stats: ComponentStats, length: float) -> bool:
    return stats.mean > 0 and stats.mean * length > _FARMED_PAYMENTS * stats.high


def reflect(evaluation: Evaluation) -> list[Series]:
    """Series of each component's return, of success and of length over training episodes."""
    curve = evaluation.curve
    names = list(dict.fromkeys(name for point in curve for name in point.components))
    series = [_series(name, curve, _component(name)) for name in names]
    series.append(_series("success of training episodes", curve, lambda p: p.success))
    series.append(_series("length of training episodes", curve, lambda p: p.length))
    return [s for s in series if s.values]


def _component(name: str) -> Callable[[CurvePoint], float | None]:
    return lambda point: point.components.get(name)


def _series(
    name: str, curve: Sequence[CurvePoint], read: Callable[[CurvePoint], float | None]
) -> Series:
    values = [value for point in curve if (value := read(point)) is not None]
    return Series(
        name=name,
        values=_thinned(values),
        low=min(values, default=0.0),
        high=max(values, default=0.0),
        mean=sum(values) / len(values) if values else 0.0,
    )


def _thinned(values: Sequence[float]) -> tuple[float, ...]:
    """At most `N_POINTS` values, evenly spread, the last one among them."""
    n = len(values)
    if n <= N_POINTS:
        return tuple(values)
    return tuple(values[round((i + 1) * n / N_POINTS) - 1] for i in range(N_POINTS))
