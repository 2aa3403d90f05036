"""Two rows side by side, task by task: above all a search against random programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alignenv.benchmarks.bench.collect import Collected, pair
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import NONE, Sheet
from alignenv.benchmarks.bench.words import chance, points, side, whole
from alignenv.seeding import generator
from alignenv.significance import Contrast, contrast
from alignenv.statistics import Interval, bootstrap_interval, mean

CONTROL = "random-programs"
"""The search without feedback: up to as many programs, trained alike, on the same seeds."""


class Controlled(NamedTuple):
    """A search beside random programs that the same algorithm trains.

    Attributes:
        row: The search.
        control: The row of random programs.
        gaps: The search less the control, on each task that both have in full.
    """

    row: str
    control: str
    gaps: tuple[TaskGap, ...]


_DIGITS = 9
"""Sums of floats are cut to this before they are compared with 0, so that ties stay ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGap:
    """A row less another on one task.

    Attributes:
        task: Gymnasium id.
        ours: Mean TRUE success of the row's paired runs.
        theirs: The same of the other row.
        interval: 95 % interval of the mean difference, searches redrawn and trainings within
            them; None for one pair, which shows nothing of how runs differ.
        n_pairs: Searches, or trainings of fixed rewards, that are paired.
        env_steps: Mean env steps of a record of the row, and of the other.
    """

    task: str
    ours: float
    theirs: float
    interval: Interval | None
    n_pairs: int
    env_steps: tuple[float, float]

    @property
    def difference(self) -> float:
        """Mean difference in success."""
        return round(self.ours - self.theirs, _DIGITS)

    @property
    def direction(self) -> int:
        """1 where the interval lies above 0, -1 where below, 0 where it holds 0 or is unknown."""
        if self.interval is None:
            return 0
        return side(self.interval)


def task_gaps(found: Collected, row: str, other: str) -> tuple[TaskGap, ...]:
    """One gap for each task that both rows have in full."""
    if row not in found.places or other not in found.places:
        return ()
    return tuple(_gap(found, row, other, task) for task in found.complete(row, other))


def _gap(found: Collected, row: str, other: str, task: str) -> TaskGap:
    ours, theirs = pair(found.scores(row, [task]), found.scores(other, [task]))
    rng = generator(found.suite.protocol.seed, "report", "gap", row, other, task)
    steps = [
        float(np.mean([record["cost"]["env_steps"] for record in found.places[name][task].records]))
        for name in (row, other)
    ]
    interval = bootstrap_interval(ours - theirs, mean, rng=rng) if len(ours) > 1 else None
    return TaskGap(
        task=task,
        ours=float(ours.mean()),
        theirs=float(theirs.mean()),
        interval=None if interval is None else Interval(*(round(x, _DIGITS) for x in interval)),
        n_pairs=len(ours),
        env_steps=(steps[0], steps[1]),
    )


def overall_gap(found: Collected, row: str, other: str, tasks: Sequence[str]) -> Contrast:
    """The contrast of two rows over tasks that both have in full, at least one."""
    ours, theirs = pair(found.scores(row, tasks), found.scores(other, tasks))
    rng = generator(found.suite.protocol.seed, "report", "gap", row, other)
    return contrast(ours, theirs, rng=rng)


def controlled(found: Collected) -> list[Controlled]:
    """Each search that shares a task with random programs, in the suite's order."""
    told = []
    for row in map(find_row, found.suite.rows):
        control = f"{CONTROL}@{row.algorithm}" if row.algorithm else CONTROL
        if row.kind == "search" and row.name != control:
            told.append(Controlled(row.name, control, task_gaps(found, row.name, control)))
    return [one for one in told if one.gaps]


def feedback_sheets(found: Collected) -> list[Sheet]:
    """A sheet for each search that shares a task with random programs, in the same order."""
    return [
        _feedback_sheet(found, one, "feedback" if n == 1 else f"feedback-{n}")
        for n, one in enumerate(controlled(found), 1)
    ]


def _feedback_sheet(found: Collected, one: Controlled, key: str) -> Sheet:
    row, control, gaps = one
    label, other = find_row(row).label, find_row(control).label
    up, down = (sum(gap.direction == side for gap in gaps) for side in (1, -1))
    n = min(gap.n_pairs for gap in gaps)
    return Sheet(
        key=key,
        title=f"{label} against {other} at an equal budget",
        columns=("task", other, label, "difference, points [95 %]", "interval", "env steps"),
        rows=(
            *map(_gap_row, gaps),
            *([_overall_row(found, one)] if is_pooled(found, gaps) and len(gaps) > 1 else []),
        ),
        notes=(
            "Mean TRUE success in per cent of the winners of each search, trained afresh and "
            "scored on report seeds; searches of the same number start from the same seed and "
            "may train as many programs, with the same races. A search that finds no new program "
            "trains fewer: the table of programs has how many. Intervals redraw pairs of "
            "searches, then trainings within each search.",
            f"The interval lies above 0 on {up} and below 0 on {down} of {len(gaps)} tasks. "
            f"From {n} pairs an interval is too narrow rather than too wide, and one in twenty "
            f"would miss 0 by chance; a paired sign-flip test of {n} pairs cannot give less than "
            f"{chance(2 / 2**n)}. A single task is a hint, all of them together are the answer.",
        ),
    )


LEAST_TASKS = 5
"""Fewer tasks of a suite that has not all of its records are shown one by one, and not pooled."""


def is_pooled(found: Collected, gaps: Sequence[TaskGap]) -> bool:
    """Whether tasks are enough for a figure over them: all of the suite, or five."""
    return len(gaps) >= min(LEAST_TASKS, len(found.suite.tasks))


def these(found: Collected, gaps: Sequence[TaskGap]) -> str:
    """What a line over several tasks is called: all of the suite's, or so many of them."""
    if len(gaps) == len(found.suite.tasks):
        return "all of them"
    return f"these {len(gaps)} of {len(found.suite.tasks)} tasks"


_WORDS = {1: "above 0", -1: "below 0", 0: "holds 0"}


def _gap_row(gap: TaskGap) -> tuple[str, ...]:
    steps = " and ".join(dict.fromkeys(f"{steps:,.0f}" for steps in reversed(gap.env_steps)))
    return (
        gap.task.removeprefix("AlignEnv-"),
        whole(gap.theirs),
        whole(gap.ours),
        points(gap.difference, gap.interval),
        NONE if gap.interval is None else _WORDS[gap.direction],
        steps,
    )


def _overall_row(found: Collected, its: Controlled) -> tuple[str, ...]:
    gaps = its.gaps
    one = overall_gap(found, its.row, its.control, [gap.task for gap in gaps])
    interval = one.difference_interval
    steps = [np.mean([gap.env_steps[i] for gap in gaps]) for i in (1, 0)]
    return (
        these(found, gaps),
        whole(float(np.mean([gap.theirs for gap in gaps]))),
        whole(float(np.mean([gap.ours for gap in gaps]))),
        points(one.difference, interval),
        f"{_WORDS[side(interval)]} ({chance(one.p)})",
        " and ".join(dict.fromkeys(f"{x:,.0f}" for x in steps)),
    )
