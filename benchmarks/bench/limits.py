"""What the records do not show, or show against the searches, in sentences for those who read on.

Figures come from the records. What is only known of how they were made, such as that a race was
chosen after it was run, is said beside the figure that it limits.
"""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.benchmarks.bench.accounts import searches_of
from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.contrasts import controlled, overall_gap, task_gaps
from alignenv.benchmarks.bench.feedback import gap_words, hard_in_short, later_in_short, verdict_of
from alignenv.benchmarks.bench.programs import long_share, programs_of_all
from alignenv.benchmarks.bench.racing import RaceResult, loss_words
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sensitivity import base_of
from alignenv.benchmarks.bench.suite import BenchProtocol
from alignenv.benchmarks.bench.words import chance, count, names
from alignenv.benchmarks.race import rungs_of

TARGET_SAVES, TARGET_LOSS = 3.0, 0.02
"""What a race should save, and the success that it may lose for that."""
MORE = 1.2
"""A long training with this many times the env steps of a search is no equal one."""


def fewer_programs(found: Collected) -> list[str]:
    """How many programs the searches of the suite trained, where some trained fewer."""
    told = {row: programs_of_all(found, row) for row in searches_of(found, ("search",))}
    short = {row: n for row, n in told.items() if n[0] < n[1]}
    if not short:
        return []
    each = "; ".join(f"{find_row(row).label} {n:,} of {most:,}" for row, (n, most) in short.items())
    return [
        "A draft that a search knows already is not trained again, so some searches trained fewer "
        f"programs. In all: {each}. [The table of programs](results.md) has them by task."
    ]


def beaten(found: Collected) -> list[str]:
    """On how many tasks a searched reward beats the human one, task by task."""
    rows = searches_of(found)
    gaps = [(row, gap) for row in rows for gap in task_gaps(found, row, "human") if gap.interval]
    if not gaps:
        return []
    above = [
        f"{find_row(row).label} on {names([gap.task])}" for row, gap in gaps if gap.direction > 0
    ]
    below = sum(gap.direction < 0 for _, gap in gaps)
    head = f"Of {len(gaps)} intervals of a searched reward less the human one on a single task,"
    if above:
        return [f"{head} {len(above)} lie above 0 ({'; '.join(above)}) and {below} below."]
    return [
        f"No searched reward beats the human one on any task: {head[0].lower()}{head[1:]} none "
        f"lies above 0 and {below} lie below."
    ]


def sample_limit(found: Collected, row: str) -> list[str]:
    """What the interval of given programs leaves out."""
    if find_row(row).kind != "programs":
        return []
    n = found.suite.protocol.search_seeds
    return [
        f"That row is {len(found.complete(row))} of {len(found.suite.tasks)} tasks, and one sample "
        f"of programs: written once, in November 2026, by a model that is not named, and trained "
        f"{n} times. Its intervals do not cover what the model would write another time."
    ]


def longer(found: Collected, row: str) -> str:
    """Tasks on which the long training has many more env steps than the searches; else nothing."""
    shares = {task: long_share(found, row, task) for task in found.suite.tasks}
    more = [f"{names([task])} {share:.1f}" for task, share in shares.items()
            if share is not None and share >= MORE]  # fmt: skip
    if not more:
        return ""
    return (
        " Its steps are those of a search that finds all of its programs; where searches found "
        f"fewer it has more than they took, times: {', '.join(more)}."
    )


def races_told(races: Sequence[RaceResult]) -> list[str]:
    """What each race saves and loses."""
    told = [
        f"{one.schedule.name} saves {one.saves:.1f}x and loses {loss_words(one)}"
        for one in races
        if one.schedule.rungs
    ]
    return [
        "There, in points of success on fresh episodes of the chosen program, with 95 % "
        f"intervals: {'; '.join(told)}."
    ] * bool(told)


def race_limits(protocol: BenchProtocol, races: Sequence[RaceResult]) -> list[str]:
    """What the suite's own race loses, and whether any race does what it should."""
    raced = [one for one in races if one.schedule.rungs]
    lines = []
    own = own_race(protocol, races)
    if own is not None:
        lines.append(
            f"The race of this suite is {own.schedule.name}: there it saves {own.saves:.2f} times "
            f"and loses {loss_words(own)} points. Searches here race alike, and with a later rung "
            "each might find better programs."
        )
    if raced:
        lines.append(_target(raced))
    return lines


def own_race(protocol: BenchProtocol, races: Sequence[RaceResult]) -> RaceResult | None:
    """The race that the searches of a suite use, where it was told."""
    rungs = rungs_of(protocol.rung, protocol.keep)
    return next((one for one in races if one.schedule.rungs == rungs), None)


def _target(raced: Sequence[RaceResult]) -> str:
    cheap = [one for one in raced if one.loss <= TARGET_LOSS]
    best = max(cheap, key=lambda one: one.saves, default=None)
    aim = f"The aim of {TARGET_SAVES:.0f} times for {100 * TARGET_LOSS:.0f} points at most"
    if best is None:
        return f"{aim} is missed: every race loses more."
    return (
        f"{aim} is {'met' if best.saves >= TARGET_SAVES else 'missed'}: the race that saves most "
        f"of those within it, {best.schedule.name}, saves {best.saves:.1f} times and loses "
        f"{loss_words(best)} points. It is chosen after the fact, on the same races, so its loss "
        "is told too kindly."
    )


def algorithm_limit(found: Collected | None) -> list[str]:
    """How little was trained by other algorithms."""
    others = [row for row in map(find_row, found.suite.rows) if row.algorithm] if found else []
    known = [row for row in others if found and found.records(row.name)]
    if not (found and known):
        return ["Whether another algorithm keeps the order of the rewards is not measured."]
    tasks = {r["task"] for row in known for r in found.records(row.name)}
    bases = list(dict.fromkeys(base_of(row) for row in known))
    searched = any(row.kind != "reward" for row in known)
    designed = "" if searched else ", none of them a designed one"
    return [
        f"Sensitivity to the algorithm is measured on {count(len(tasks), 'task')} with "
        f"{count(len(bases), 'reward')} ({', '.join(bases)}){designed}."
    ]


def unmeasured_limit(suites: Sequence[str]) -> list[str]:
    """Suites of which no record is committed."""
    if not suites:
        return []
    told = f"No record of these suites is committed: {', '.join(f'`{name}`' for name in suites)}."
    if "transfer" in suites:
        told += " So no suite measures how far a reward holds on layouts that training never met."
    return [told]


def negatives(
    found: Collected,
    races: Sequence[RaceResult],
    unmeasured: Sequence[str],
    hard: Collected | None = None,
) -> list[str]:
    """What designed rewards do not reach, and what is not known, in a few sentences.

    Args:
        found: Records of the suite that is told of.
        races: Every race, told after the fact.
        unmeasured: Names of suites without a record.
        hard: Records of the suite that asks of feedback alone.
    """
    lines = beaten(found)
    for its in controlled(found):
        one = overall_gap(found, its.row, its.control, [gap.task for gap in its.gaps])
        lines.append(
            f"{find_row(its.row).label} less {find_row(its.control).label} is "
            f"{gap_words(one, its)} points ({chance(one.p)}). {verdict_of(one, its)}."
        )
        lines += later_in_short(found, its)
    lines += hard_in_short(hard)
    own = own_race(found.suite.protocol, races)
    if own is not None:
        lines.append(
            f"The race that searches use here saves {own.saves:.1f} times the env steps and, in "
            f"the suite `racing`, loses {loss_words(own)} points."
        )
    return [*lines, *unmeasured_limit(unmeasured)]
