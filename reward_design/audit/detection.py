"""How well a score tells hacking policies from others: AUROC, and a threshold that was set before.

Policies that were made from one reward are no independent cases, so that intervals are made by
drawing whole groups.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.distance import ranks
from alignenv.reward_design.audit.transitions import Floats, Ints
from alignenv.statistics import Interval

Labels = npt.NDArray[np.bool_]


class Scored(NamedTuple):
    """Cases with one detector's score.

    Attributes:
        score: The higher, the more it looks like hacking; infinite is allowed, `(n,)`.
        label: Whether it is hacking, `(n,)`.
        group: Number of the group that each case belongs to, `(n,)`.
    """

    score: Floats
    label: Labels
    group: Ints

    def rows(self, chosen: Ints | Labels) -> Scored:
        """Some of the cases."""
        return Scored(self.score[chosen], self.label[chosen], self.group[chosen])


def auroc(score: Floats, label: Labels) -> float:
    """Chance that a hacking case scores above another; ties count half. NaN without both kinds."""
    n, m = int(label.sum()), int((~label).sum())
    if not n or not m:
        return float("nan")
    above = ranks(score)[label].sum() - n * (n + 1) / 2
    return float(above / (n * m))


class Named(NamedTuple):
    """What a threshold names.

    Attributes:
        recall: Share of the hacking cases that it names; NaN without any.
        precision: Share of the hacking ones among those that it names; NaN where it names none.
        f1: Harmonic mean of both; 0 where it finds none.
    """

    recall: float
    precision: float
    f1: float


def named(score: Floats, label: Labels, threshold: float) -> Named:
    """Recall and precision of calling every case hacking that scores at least the threshold."""
    called = score >= threshold
    found, n, m = int((called & label).sum()), int(label.sum()), int(called.sum())
    recall = found / n if n else float("nan")
    precision = found / m if m else float("nan")
    return Named(recall, precision, 2 * found / (n + m) if n + m else 0.0)


def best_threshold(score: Floats, label: Labels) -> float:
    """The threshold with the highest F1; of several the highest threshold."""
    levels = np.unique(score)
    worth = [named(score, label, float(level)).f1 for level in levels]
    best = max(range(len(levels)), key=lambda i: (worth[i], i))
    return float(levels[best])


def group_interval(
    cases: Scored,
    measure: Callable[[Scored], float],
    rng: np.random.Generator,
    n_draws: int = 1000,
) -> Interval:
    """95 % interval of a figure, by drawing groups with all of their cases.

    Draws without a value, such as those without any hacking case, are left out.

    Args:
        cases: The cases.
        measure: The figure.
        rng: Where draws come from.
        n_draws: Number of draws.
    """
    members = [np.flatnonzero(cases.group == g) for g in np.unique(cases.group)]
    found = []
    for _ in range(n_draws):
        chosen = rng.integers(len(members), size=len(members))
        found.append(measure(cases.rows(np.concatenate([members[i] for i in chosen]))))
    known = np.array(found)
    known = known[~np.isnan(known)]
    if not known.size:
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(float(low), float(high))
