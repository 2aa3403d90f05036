"""Which candidate a search ends with.

The best of many trainings is often the luckiest one. Where the protocol says so, the best few are
trained once more, on a seed of their own, and the mean of both trainings decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alignenv.benchmarks.evaluator import Outcome
from alignenv.types import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a search ended.

    Attributes:
        best: The winner; None when no candidate could be trained.
        confirmed: Second trainings by candidate id, in the order of the first ones; empty where
            the protocol asks for none.
    """

    best: Trial | None
    confirmed: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def rates(self) -> dict[str, float]:
        """TRUE success of the second trainings by candidate id; 0 for one that failed."""
        return {name: success_of(outcome) for name, outcome in self.confirmed.items()}


def select(trials: Sequence[Trial]) -> Trial | None:
    """The best fully trained trial by TRUE success on selection seeds; the earliest wins ties."""
    return next(iter(finished(trials)), None)


def contenders(trials: Sequence[Trial], n: int) -> list[Trial]:
    """The best `n` that a second training may tell apart: trained themselves, and with success."""
    able = [
        t for t in finished(trials) if not t.twin and t.evaluation and t.evaluation.score.success
    ]
    return able[:n]


def finished(trials: Sequence[Trial]) -> list[Trial]:
    """Fully trained trials, best first; of equals the earlier."""
    whole = [t for t in trials if t.evaluation and t.evaluation.stopped_at is None]
    return sorted(whole, key=lambda trial: trial.merit, reverse=True)


def confirmed(trials: Sequence[Trial], outcomes: Sequence[Outcome]) -> Trial:
    """The trial with the best mean of two trainings; of equals the one that was better at first.

    Args:
        trials: At least one, best first.
        outcomes: The second training of each.
    """
    sums = [
        round(trial.merit[1] + success_of(again), 9)
        for trial, again in zip(trials, outcomes, strict=True)
    ]
    return trials[sums.index(max(sums))]


def success_of(outcome: Outcome) -> float:
    """TRUE success of a training; 0 for one that failed."""
    return outcome.score.success if outcome.score else 0.0
