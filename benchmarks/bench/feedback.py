"""What can be said of feedback: searches beside random programs, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.contrasts import (
    LEAST_TASKS,
    Controlled,
    TaskGap,
    controlled,
    is_pooled,
    overall_gap,
)
from alignenv.benchmarks.bench.coverage import coverage_of
from alignenv.benchmarks.bench.later import later_of
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.words import chance, count, names, on, percent, points, side
from alignenv.significance import Contrast


def feedback_findings(found: Collected) -> list[str]:
    """What each search adds to random programs, in winners and in programs."""
    return [line for one in controlled(found) for line in _against_control(found, one)]


def hard_findings(found: Collected | None) -> list[str]:
    """The same of a suite that asks nothing else; nothing where it has no task in full."""
    told = controlled(found) if found else []
    if not (found and told):
        return []
    n, suite = found.suite.protocol, found.suite
    rungs = " and ".join(percent(share) for share in n.rung)
    again = f", and train the best {n.confirm} once more before one is chosen" if n.confirm else ""
    head = (
        f"The suite `{suite.name}` asks this alone, of {count(len(suite.tasks), 'task')} that few "
        f"programs drawn at random solve. Its searches write {n.candidates} programs in each of "
        f"{n.generations} generations and race after {rungs} % of a training{again}."
    )
    return [head, *(line for one in told for line in _hard(found, one))]


def hard_in_short(found: Collected | None) -> list[str]:
    """What feedback did to winners in that suite, in one sentence; none for too few tasks."""
    if found is None:
        return []
    lines = []
    for its in controlled(found):
        if not is_pooled(found, its.gaps):
            continue
        one = overall_gap(found, its.row, its.control, [gap.task for gap in its.gaps])
        ways = [gap.direction for gap in its.gaps]
        lines.append(
            f"In the suite `{found.suite.name}`, of tasks that few random programs solve, with a "
            f"later race, winners differ by {gap_words(one, its)} points ({chance(one.p)}) over "
            f"{len(its.gaps)} of {count(len(found.suite.tasks), 'task')}, on single tasks with an "
            f"interval above 0 on {ways.count(1)} and below 0 on {ways.count(-1)}."
        )
    return lines


def _hard(found: Collected, its: Controlled) -> list[str]:
    tasks = [gap.task for gap in its.gaps]
    if is_pooled(found, its.gaps):
        return [*_missing(found, tasks), *_against_control(found, its)]
    each = "; ".join(
        f"{names([gap.task])} {points(gap.difference, gap.interval)}" for gap in its.gaps
    )
    return [
        *_missing(found, tasks),
        f"Too few for a figure over tasks, which needs {LEAST_TASKS}. {find_row(its.row).label} "
        f"less {find_row(its.control).label}, in points of success of winners: {each}.",
    ]


def _missing(found: Collected, tasks: Sequence[str]) -> list[str]:
    told = coverage_of(found)
    if not told.n_missing:
        return []
    return [
        f"It is not all measured: {told.n_missing:,} of {told.n_cells:,} cells lack a record, and "
        f"both searches are whole {on(tasks, found.suite.tasks)}."
    ]


def verdict_of(one: Contrast, its: Controlled) -> str:
    """What the contrast over all shared tasks says of feedback, without a full stop."""
    ahead = side(one.difference_interval)
    if its.gaps[0].n_pairs == 1:
        return "One search a task cannot show whether that is more than chance"
    if not ahead:
        return "Over these tasks no effect of feedback is shown"
    if one.p > _LEVEL:
        return f"The interval excludes 0 and the test does not ({chance(one.p)}): undecided"
    return f"Over these tasks feedback {'helps' if ahead > 0 else 'does harm'}"


_LEVEL = 0.05


def gap_words(one: Contrast, its: Controlled) -> str:
    """The difference over all shared tasks, with its interval where searches were repeated."""
    return points(one.difference, one.difference_interval if its.gaps[0].n_pairs > 1 else None)


def _against_control(found: Collected, its: Controlled) -> list[str]:
    row, control, gaps = its
    label, tasks = find_row(row).label, [gap.task for gap in gaps]
    one = overall_gap(found, row, control, tasks)
    return [
        f"{label} less {find_row(control).label}, up to as many of them and trained alike, is "
        f"{gap_words(one, its)} points of success over {count(len(tasks), 'task')} "
        f"({chance(one.p)}). {verdict_of(one, its)}.",
        _one_by_one(gaps),
        f"The mean of {label} is no higher than that of random programs "
        f"{on([gap.task for gap in gaps if gap.difference <= 0], tasks)}.",
        *_programs_after(found, its, tasks),
    ]


def _one_by_one(gaps: Sequence[TaskGap]) -> str:
    tasks = [gap.task for gap in gaps]
    up, down = ([gap.task for gap in gaps if gap.direction == way] for way in (1, -1))
    return (
        f"The interval of a single task lies above 0 {on(up, tasks)}, and below 0 "
        f"{on(down, tasks)}."
    )


def later_in_short(found: Collected, its: Controlled) -> list[str]:
    """What feedback did to programs, in one sentence; none where there are no later ones."""
    tasks = [gap.task for gap in its.gaps]
    if _has_no_later(found, its):
        return []
    every = later_of(found, its, tasks).contrast
    sides = list(_later_sides(found, its, tasks).values())
    return [
        "That is of winners; its programs after the first generation succeed in "
        f"{points(every.difference, every.difference_interval)} points more of the episodes "
        f"({chance(every.p)}), on single tasks with an interval above 0 on {sides.count(1)} and "
        f"below 0 on {sides.count(-1)} of {len(tasks)}."
    ]


def _later_sides(found: Collected, its: Controlled, tasks: Sequence[str]) -> dict[str, int]:
    """On which side of 0 the interval of later programs lies on each task alone."""
    contrasts = {task: later_of(found, its, [task]).contrast for task in tasks}
    return {task: side(one.difference_interval) for task, one in contrasts.items()}


def _has_no_later(found: Collected, its: Controlled) -> bool:
    return found.suite.protocol.generations == 1 or its.gaps[0].n_pairs == 1


def _programs_after(found: Collected, its: Controlled, tasks: Sequence[str]) -> list[str]:
    """What feedback did to programs, whatever became of winners."""
    if _has_no_later(found, its):
        return []
    every, full = (later_of(found, its, tasks, in_full=in_full) for in_full in (False, True))
    means = [
        points(one.contrast.difference, one.contrast.difference_interval) for one in (every, full)
    ]
    sides = _later_sides(found, its, tasks)
    up, down = ([task for task in tasks if sides[task] == way] for way in (1, -1))
    return [
        "Programs and winners are two questions. Of the programs after the first generation, "
        f"which both have in common, those of {find_row(its.row).label} succeed in {means[0]} "
        f"points more of the episodes as they stood when their training ended "
        f"({chance(every.contrast.p)}), and {means[1]} points among those that were trained in "
        "full. These had survived their races, so the last figure is of a selection. The interval "
        f"of a single task, of all programs, lies above 0 {on(up, tasks)}, and below 0 "
        f"{on(down, tasks)}."
    ]
