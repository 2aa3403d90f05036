"""Does the order of rewards depend on the algorithm that trains on them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from alignenv.benchmarks.bench.cells import ground_of
from alignenv.benchmarks.bench.collect import Collected, FloatArray
from alignenv.benchmarks.bench.results import EQUAL_MARGIN
from alignenv.benchmarks.bench.rows import RowSpec, find_row
from alignenv.benchmarks.bench.sheets import MISSING, NONE, Sheet

KEPT, PARTLY, REVERSED = "yes", "partly", "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Rows on one task under one algorithm.

    Attributes:
        task: Gymnasium id.
        algorithm: Its name.
        success: TRUE success of each training, by the row's name without its algorithm.
    """

    task: str
    algorithm: str
    success: Mapping[str, FloatArray]

    def level(self, first: str, second: str) -> int:
        """1 where the first row does better by more than 5 points, -1 worse, 0 neither."""
        gap = round(float(self.success[first].mean() - self.success[second].mean()), 9)
        return int(gap > EQUAL_MARGIN) - int(gap < -EQUAL_MARGIN)

    @property
    def order(self) -> str:
        """Rows by their mean, best first, such as `human > hackable = sparse`."""
        names = sorted(self.success, key=lambda name: -float(self.success[name].mean()))
        order = names[0]
        for better, worse in pairwise(names):
            order += f" {'>' if self.level(better, worse) else '='} {worse}"
        return order


def verdict(own: Trained, other: Trained) -> str:
    """Whether two algorithms put the same rows into the same order, pair by pair."""
    pairs = [(own.level(*pair), other.level(*pair)) for pair in combinations(own.success, 2)]
    if any(a * b < 0 for a, b in pairs):
        return REVERSED
    return KEPT if all(a == b for a, b in pairs) else PARTLY


def sensitivity_sheet(found: Collected) -> Sheet:
    """Each task by the suite's own algorithm, then by each other one that has rows there."""
    others = [row for row in map(find_row, found.suite.rows) if row.algorithm]
    bases = list(dict.fromkeys(base_of(row) for row in others))
    rows, verdicts = [], []
    for task in found.suite.tasks:
        asked = [row for row in others if task in found.places[row.name]]
        algorithms = list(dict.fromkeys(row.algorithm for row in asked))
        if not algorithms:
            continue
        its = ground_of(task, found.suite.protocol).preset.algorithm
        own = _trained(found, task, its, bases)
        rows.append(_line(own, bases, NONE))
        for algorithm in algorithms:
            other = _trained(found, task, algorithm, bases, f"@{algorithm}")
            is_whole = set(own.success) == set(other.success) and len(own.success) > 1
            told = verdict(own, other) if is_whole else MISSING
            verdicts += [told] if is_whole else []
            rows.append(_line(other, bases, told))
    return Sheet(
        key="algorithms",
        title="Sensitivity to the algorithm",
        columns=(
            "task",
            "algorithm",
            *(find_row(base).label for base in bases),
            "order",
            "order kept",
        ),
        rows=tuple(rows),
        notes=(
            "Mean TRUE success in per cent, and in brackets that of the worst and the best "
            "training. Every algorithm has settings of its own, the same observation and the same "
            "env steps unless its preset says otherwise.",
            "Order: by mean success; = joins rows within 5 points of each other. It is kept where "
            "every pair of rows stands as under the suite's own algorithm, partly where a pair "
            "that was apart is level or the other way, and none is turned round. With few "
            f"trainings these are observations, not tests. Kept {verdicts.count(KEPT)} of "
            f"{len(verdicts)} times, reversed {verdicts.count(REVERSED)} times.",
        ),
    )


def base_of(row: RowSpec) -> str:
    """Name of the row that the suite's own algorithm trains."""
    return row.name.removesuffix(f"@{row.algorithm}")


def _trained(
    found: Collected, task: str, algorithm: str, bases: list[str], suffix: str = ""
) -> Trained:
    success = {}
    for base in bases:
        row = f"{base}{suffix}"
        if row in found.places and task in found.complete(row):
            success[base] = np.ravel(found.scores(row, [task]))
    return Trained(task=task, algorithm=algorithm, success=success)


def _line(trained: Trained, bases: list[str], told: str) -> tuple[str, ...]:
    shares = (trained.success.get(base) for base in bases)
    return (
        trained.task.removeprefix("AlignEnv-"),
        trained.algorithm,
        *(NONE if share is None else _share(share) for share in shares),
        trained.order if len(trained.success) > 1 else NONE,
        told,
    )


def _share(runs: FloatArray) -> str:
    return f"{100 * runs.mean():.1f} [{100 * runs.min():.0f}, {100 * runs.max():.0f}]"
