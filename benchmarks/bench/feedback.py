"""What can be said of feedback: searches beside random programs, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.contrasts import Controlled, controlled, overall_gap
from alignenv.benchmarks.bench.later import later_of
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.words import chance, count, on, percent, points, side


def feedback_findings(found: Collected) -> list[str]:
    """What each search adds to random programs, in winners and in programs."""
    return [line for one in controlled(found) for line in _against_control(found, one)]


def hard_findings(found: Collected | None) -> list[str]:
    """The same of a suite that asks nothing else; nothing where it has no task in full."""
    told = feedback_findings(found) if found else []
    if not (found and told):
        return []
    n, suite = found.suite.protocol, found.suite
    rungs = " and ".join(percent(share) for share in n.rung)
    again = f", and train the best {n.confirm} once more before one is chosen" if n.confirm else ""
    return [
        f"The suite `{suite.name}` asks this alone, of {count(len(suite.tasks), 'task')} that few "
        f"programs drawn at random solve. Its searches write {n.candidates} programs in each of "
        f"{n.generations} generations and race after {rungs} % of a training{again}.",
        *told,
    ]


def _against_control(found: Collected, its: Controlled) -> list[str]:
    row, control, gaps = its
    label, tasks = find_row(row).label, [gap.task for gap in gaps]
    one = overall_gap(found, row, control, tasks)
    interval = one.difference_interval
    is_paired = gaps[0].n_pairs > 1
    mean = points(one.difference, interval if is_paired else None)
    if not is_paired:
        verdict = "One search a task cannot show whether that is more than chance"
    elif side(interval) > 0 and one.p <= 0.05:
        verdict = "Over these tasks feedback helps"
    elif side(interval) < 0 and one.p <= 0.05:
        verdict = "Over these tasks feedback does harm"
    else:
        verdict = "Over these tasks no effect of feedback is shown"
    up = [gap.task for gap in gaps if gap.direction > 0]
    down = [gap.task for gap in gaps if gap.direction < 0]
    no_better = [gap.task for gap in gaps if gap.difference <= 0]
    return [
        f"{label} less {find_row(control).label}, as many of them and trained alike, is {mean} "
        f"points of success over {count(len(tasks), 'task')} ({chance(one.p)}). {verdict}.",
        f"The interval of a single task lies above 0 {on(up, tasks)}, and below 0 "
        f"{on(down, tasks)}.",
        f"The mean of {label} is no higher than that of random programs {on(no_better, tasks)}.",
        *_programs_after(found, its, tasks),
    ]


def _programs_after(found: Collected, its: Controlled, tasks: Sequence[str]) -> list[str]:
    """What feedback did to programs, whatever became of winners."""
    if found.suite.protocol.generations == 1 or its.gaps[0].n_pairs == 1:
        return []
    every, full = (later_of(found, its, tasks, in_full=in_full) for in_full in (False, True))
    means = [
        points(one.contrast.difference, one.contrast.difference_interval) for one in (every, full)
    ]
    alone = {task: later_of(found, its, [task]).contrast.difference_interval for task in tasks}
    up = [task for task, interval in alone.items() if side(interval) > 0]
    down = [task for task, interval in alone.items() if side(interval) < 0]
    return [
        "Programs and winners are two questions. Of the programs after the first generation, "
        f"which both have in common, those of {find_row(its.row).label} succeed in {means[0]} "
        f"points more of the episodes as they stood when their training ended "
        f"({chance(every.contrast.p)}), and {means[1]} points among those that were trained in "
        f"full. The interval of a single task lies above 0 {on(up, tasks)}, and below 0 "
        f"{on(down, tasks)}."
    ]
