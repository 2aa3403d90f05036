"""What feedback does to the programs that are written with it: all after the first generation.

A search and random programs of the same number share their first generation. What comes later
differs by what a coder was told, and there are many such programs to one winner: they say more of
feedback than winners do, and less of what a user gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.contrasts import Controlled, controlled, is_pooled, these
from alignenv.benchmarks.bench.records import Record
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import Sheet
from alignenv.benchmarks.bench.words import chance, points, side, whole
from alignenv.seeding import generator
from alignenv.significance import Contrast, contrast

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Later programs of a search beside those of random programs, over some tasks.

    Attributes:
        theirs: Mean success of the random ones, over searches and tasks.
        ours: The same of the search's.
        contrast: The search less random programs, searches paired by number.
    """

    theirs: float
    ours: float
    contrast: Contrast


def later_of(
    found: Collected, its: Controlled, tasks: Sequence[str], *, in_full: bool = False
) -> Later:
    """Compare the programs that were written after the first generation.

    Args:
        found: Records of searches of more than one generation.
        its: The search and its control.
        tasks: Tasks that both have in full, at least one.
        in_full: Only programs that no race stopped.
    """
    ours, theirs = (
        np.array([[_mean(r, in_full) for r in found.places[row][task].records] for task in tasks]).T
        for row in (its.row, its.control)
    )
    which = "in full" if in_full else "all"
    rng = generator(found.suite.protocol.seed, "report", "later", its.row, which, *tasks)
    return Later(
        theirs=float(theirs.mean()),
        ours=float(ours.mean()),
        contrast=contrast(ours, theirs, rng=rng),
    )


def _mean(record: Record, in_full: bool) -> float:
    """Mean success of a search's later programs as they stood when their training ended."""
    rates = [
        float(candidate["success"])
        for candidate in record["search"]["candidates"]
        if _is_later(candidate) and not (in_full and "stopped" in candidate.get("outcome", ""))
    ]
    return float(np.mean(rates)) if rates else 0.0


def _is_later(candidate: dict[str, Any]) -> bool:
    return not str(candidate["id"]).startswith("g00")


def later_sheets(found: Collected) -> list[Sheet]:
    """A sheet for each search of several generations that shares a task with random programs."""
    if found.suite.protocol.generations == 1:
        return []
    return [
        _sheet(found, its, "later" if n == 1 else f"later-{n}")
        for n, its in enumerate(controlled(found), 1)
    ]


def _sheet(found: Collected, its: Controlled, key: str) -> Sheet:
    tasks = [gap.task for gap in its.gaps]
    each = [_both(found, its, [task]) for task in tasks]
    sides = [side(every.contrast.difference_interval) for every, _ in each]
    lines = [
        _row(task.removeprefix("AlignEnv-"), told) for task, told in zip(tasks, each, strict=True)
    ]
    if is_pooled(found, its.gaps) and len(tasks) > 1:
        over = _both(found, its, tasks)
        lines.append(_row(f"{these(found, its.gaps)} ({chance(over[0].contrast.p)})", over))
    label, other = find_row(its.row).label, find_row(its.control).label
    return Sheet(
        key=key,
        title=f"{label} against {other}: the programs after the first generation",
        columns=(
            "task", other, label, "difference, points [95 %]",
            f"{other}, in full", f"{label}, in full", "difference in full, points [95 %]",
        ),
        rows=tuple(lines),
        notes=(
            "Mean TRUE success in per cent on selection seeds of the programs that were written "
            "after the first generation, which both have in common; broken ones count as 0. First "
            "all of them, as they stood when their training ended, at a rung or at the end; then "
            "those alone that no race stopped: survivors of their races, so a difference between "
            "them is not one between all programs. Intervals redraw pairs of searches.",
            f"Of all of them the interval lies above 0 on {sides.count(1)} and below 0 on "
            f"{sides.count(-1)} of {len(tasks)} tasks.",
        ),
    )  # fmt: skip


def _both(found: Collected, its: Controlled, tasks: Sequence[str]) -> tuple[Later, Later]:
    return later_of(found, its, tasks), later_of(found, its, tasks, in_full=True)


def _row(name: str, told: tuple[Later, Later]) -> tuple[str, ...]:
    cells = [name]
    for one in told:
        gap = points(one.contrast.difference, one.contrast.difference_interval)
        cells += [whole(one.theirs), whole(one.ours), gap]
    return tuple(cells)
