"""Two ways of doing the same work, timed in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

Work = Callable[[], int]
"""Does a fixed chunk of work and returns how many units it was."""


class Contest(NamedTuple):
    """Outcome of a contest.

    Attributes:
        baseline: Median rate of the baseline, units per CPU second.
        ours: Median rate of alignenv, units per CPU second.
        ratio: Median over rounds of ours / baseline.
        low: Smallest ratio of a round.
        high: Largest ratio of a round.
    """

    baseline: float
    ours: float
    ratio: float
    low: float
    high: float


def rate(work: Work, seconds: float) -> float:
    """Units per CPU second of this process, over at least `seconds` of it.

    Args:
        work: Called until the time is used up, at least once.
        seconds: CPU seconds.
    """
    units, begun = 0, time.process_time()
    while True:
        units += work()
        spent = time.process_time() - begun
        if spent >= seconds and spent > 0:
            return units / spent


def contest(baseline: Work, ours: Work, *, rounds: int, seconds: float) -> Contest:
    """Time both in turns, after one untimed chunk each.

    Args:
        baseline: The reference implementation.
        ours: The same work by alignenv.
        rounds: Turns of each.
        seconds: CPU seconds of each turn.
    """
    baseline()
    ours()
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(rate(baseline, seconds))
        mine.append(rate(ours, seconds))
    ratios = [b / a for a, b in zip(theirs, mine, strict=True)]
    return Contest(
        baseline=statistics.median(theirs),
        ours=statistics.median(mine),
        ratio=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
    )
