"""Figures and verdicts in words that claim no more than the records do."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.benchmarks.bench.results import Against
from alignenv.statistics import Interval

_WORDS = {
    "better": "does better than",
    "worse": "does worse than",
    "equal": "equals, to within 5 points,",
    "undecided": "cannot be told apart from",
}


def count(n: int, what: str) -> str:
    """A number of things, such as "1 task" and "2 tasks"."""
    plural = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{n:,} {what}" if n == 1 else f"{n:,} {plural}"


def names(tasks: Sequence[str]) -> str:
    """Tasks for a sentence: without the prefix that all have."""
    return ", ".join(task.removeprefix("AlignEnv-") for task in tasks)


def on(tasks: Sequence[str], among: Sequence[str]) -> str:
    """On how many of some tasks, and on which: such as "on 1 of 3 tasks (Push-v0)"."""
    n, rest = len(among), [task for task in among if task not in tasks]
    if not tasks:
        return f"on none of {n} tasks" if n > 1 else "on no task"
    if not rest:
        return f"on all {n} tasks" if n > 1 else f"on the one task ({names(tasks)})"
    which = f"all but {names(rest)}" if len(rest) * 2 < n else names(tasks)
    return f"on {len(tasks)} of {n} tasks ({which})"


def chance(p: float) -> str:
    """A p-value, such as "p 0.025" and "p < 0.001"."""
    return "p < 0.001" if p < 0.0005 else f"p {p:.3f}"


def percent(share: float) -> str:
    """A share in per cent; sums that differ in their last bits give one text."""
    return f"{round(100 * share, 7):.1f}"


def whole(share: float) -> str:
    """A share in whole per cent; sums that differ in their last bits give one text."""
    return f"{round(100 * share, 7):.0f}"


def signed(value: float) -> str:
    """Two digits with a sign; none before zero."""
    rounded = round(round(value, 9), 2)
    return f"{rounded:+.2f}" if rounded else "0.00"


def points(difference: float, interval: Interval | None = None) -> str:
    """A difference in points, with its interval where there is one; no sign before zero."""
    told = _signed_points(difference)
    if interval is None:
        return told
    return f"{told} [{_signed_points(interval.low)}, {_signed_points(interval.high)}]"


def _signed_points(share: float) -> str:
    rounded = round(round(100 * share, 7), 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def side(interval: Interval) -> int:
    """1 where an interval lies above 0, -1 where below, 0 where it holds 0 but for rounding."""
    low, high = (round(end, 9) for end in interval)
    return int(low > 0) - int(high < 0)


def verdict_sentence(label: str, bar: str, against: Against) -> str:
    """How a row does against a bar, with the difference and its interval."""
    contrast, where = against.contrast, count(against.n_tasks, "task")
    if against.n_pairs < 2:
        return (
            f"{label} is {points(contrast.difference)} points of success from the {bar} reward "
            f"over {where}; one pair on each decides nothing."
        )
    told, doubt = _WORDS[against.verdict], ""
    ahead = side(contrast.difference_interval)
    if against.verdict == "undecided" and ahead:
        told = "is ahead of" if ahead > 0 else "is behind"
        doubt = f", not decided by {against.n_pairs} pairs on each ({chance(against.p)})"
    return (
        f"{label} {told} the {bar} reward over {where}: difference "
        f"{points(contrast.difference, contrast.difference_interval)} points (95 %){doubt}."
    )
