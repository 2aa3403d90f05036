"""Accounts of searches: selection, broken programs, and what racing spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from alignenv.benchmarks.bench.analysis import hacking_of
from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.records import Record
from alignenv.benchmarks.bench.rows import find_row
from alignenv.seeding import generator
from alignenv.statistics import Interval, bootstrap_interval, mean


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionGap:
    """How much a search's best score promises, and what its winner keeps.

    Attributes:
        n_tasks: Tasks that the row has in full.
        n_searches: Searches on each.
        selected: Mean over searches of the best candidate's success when it was selected.
        fresh: Mean success of the winners, trained afresh, on fresh episodes.
        interval: 95 % interval of `selected - fresh`, searches redrawn within each task; None
            for one search a task.
    """

    n_tasks: int
    n_searches: int
    selected: float
    fresh: float
    interval: Interval | None


def selection_gap(found: Collected, row: str) -> SelectionGap | None:
    """The step from selection to report; None where no task is complete."""
    tasks = found.complete(row)
    if not tasks:
        return None
    pairs = np.array(
        [[_selection(record) for record in found.places[row][task].records] for task in tasks]
    )
    selected, fresh = pairs[..., 0].T, pairs[..., 1].T
    rng = generator(found.suite.protocol.seed, "report", "selection", row)
    has_more = selected.shape[0] > 1
    return SelectionGap(
        n_tasks=len(tasks),
        n_searches=selected.shape[0],
        selected=float(selected.mean()),
        fresh=float(fresh.mean()),
        interval=bootstrap_interval(selected - fresh, mean, rng=rng) if has_more else None,
    )


def _selection(record: Record) -> tuple[float, float]:
    told = record["search"]
    best = next((c["success"] for c in told["candidates"] if c["id"] == told["best"]), 0.0)
    return float(best), float(np.mean([run["success"] for run in record["runs"]]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """What became of the programs of a row, over all of its records.

    Attributes:
        n: Programs; one that several searches train counts once.
        n_broken: Those that could not be trained.
        n_idle: Those that could be, and had no success on any selection episode.
        why: How many failed in which way, the most frequent first.
    """

    n: int
    n_broken: int
    n_idle: int
    why: tuple[tuple[str, int], ...]


def programs_of(found: Collected, row: str) -> Programs | None:
    """Count a row's programs; None without records.

    A recorded program is one program however many searches train it: it is broken where any of
    them could not, and idle where none had success.
    """
    groups: dict[tuple[str, str, object], list[dict[str, object]]] = {}
    for record in found.records(row):
        for candidate in record["search"]["candidates"]:
            name = str(candidate.get("note", ""))
            key = (record["task"], name, None if name else (record["seed"], candidate["id"]))
            groups.setdefault(key, []).append(candidate)
    if not groups:
        return None
    broken = [group for group in groups.values() if not all(c["valid"] for c in group)]
    idle = [
        group
        for group in groups.values()
        if all(c["valid"] for c in group) and not any(c["success"] for c in group)
    ]
    why = Counter(
        str(next(c for c in group if not c["valid"]).get("outcome", "unknown")) for group in broken
    )
    return Programs(
        n=len(groups), n_broken=len(broken), n_idle=len(idle), why=tuple(why.most_common())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceAccount:
    """What racing spent in the searches of a row, over all of its records.

    Attributes:
        n_trained: Candidates that were trained, in part or in full.
        n_stopped: Those that were stopped at a rung.
        spent: Env steps of all of them.
        full: Env steps had all of them been trained in full.
    """

    n_trained: int
    n_stopped: int
    spent: int
    full: int

    @property
    def saves(self) -> float:
        """How many times as many env steps full training would have taken."""
        return self.full / self.spent


def race_account(found: Collected, row: str) -> RaceAccount | None:
    """Count what racing did; None where no candidate was trained."""
    records = found.records(row)
    trained = [
        (candidate, int(record["settings"]["env_steps"]))
        for record in records
        for candidate in record["search"]["candidates"]
        if candidate["valid"] and candidate["env_steps"]
    ]
    if not trained:
        return None
    return RaceAccount(
        n_trained=len(trained),
        n_stopped=sum("stopped" in str(c.get("outcome", "")) for c, _ in trained),
        spent=sum(int(c["env_steps"]) for c, _ in trained),
        full=sum(steps for _, steps in trained),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hacks:
    """Runs of a row that hacked their reward.

    Attributes:
        row: The row.
        n_runs: Runs that were audited.
        by_task: Hacked runs and audited runs of each task that has any.
    """

    row: str
    n_runs: int
    by_task: dict[str, tuple[int, int]]

    @property
    def n_events(self) -> int:
        """Hacked runs."""
        return sum(events for events, _ in self.by_task.values())


def hacks_of(found: Collected) -> Iterator[Hacks]:
    """Hacked runs of each trained row that was audited anywhere, over all tasks it has in full."""
    for row in found.suite.rows:
        if find_row(row).kind in ("player", "racing"):
            continue
        told = {task: hacking_of(found, row, [task]) for task in found.complete(row)}
        known = {task: one for task, one in told.items() if one is not None}
        if known:
            yield Hacks(
                row=row,
                n_runs=sum(one.n_runs for one in known.values()),
                by_task={
                    task: (one.n_events, one.n_runs) for task, one in known.items() if one.n_events
                },
            )


def searches_of(found: Collected, kinds: Sequence[str] = ("search", "programs")) -> list[str]:
    """Rows of these kinds, in the suite's order."""
    return [row for row in found.suite.rows if find_row(row).kind in kinds]
