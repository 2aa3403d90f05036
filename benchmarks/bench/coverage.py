"""What part of a suite has records, and on which tasks rows can be compared.

A mean over tasks compares rows only where both stand on the same tasks. So one set of tasks is
chosen for a whole table, by which records there are and never by what they say.
"""

from __future__ import annotations

from dataclasses import dataclass

from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.rows import find_row

BARS = ("human", "sparse")
"""Rows that the others are compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The tasks of a table, and the rows that are complete on all of them.

    Attributes:
        tasks: In the suite's order; empty while no task has what a table needs.
        rows: In the suite's order.
    """

    tasks: tuple[str, ...]
    rows: tuple[str, ...]


def core_of(found: Collected) -> Core:
    """The tasks on which both bars and the searches are complete.

    A row without any complete task asks for nothing. Where searches have different tasks, those
    are taken, the most complete first, that give the most rows times tasks.
    """
    begun = [row for row in found.suite.rows if row in found.places and found.complete(row)]
    bars = [row for row in begun if row in BARS]
    searches = [row for row in begun if find_row(row).kind == "search"]
    searches.sort(key=lambda row: -len(found.complete(row)))
    needed = bars or begun[:1]
    tasks = found.complete(*needed) if needed else ()
    most = 0
    for n in range(1, len(searches) + 1):
        shared = found.complete(*needed, *searches[:n])
        if n * len(shared) >= max(most, 1):
            most, tasks = n * len(shared), shared
    rows = tuple(row for row in begun if tasks and set(tasks) <= set(found.complete(row)))
    return Core(tasks=tasks, rows=rows)


def part_of(found: Collected, tasks: tuple[str, ...]) -> Collected:
    """The records of some tasks of a suite."""
    return Collected(
        suite=found.suite.model_copy(update={"tasks": tasks}),
        places={
            row: {task: place for task, place in places.items() if task in tasks}
            for row, places in found.places.items()
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a suite has records.

    Attributes:
        n_cells: Cells that it asks for.
        n_records: Cells with a record.
        begun: Tasks with any record of a training.
        not_begun: Tasks without one.
        rows_begun: Trained rows with any record.
        rows_not_begun: Trained rows without one.
    """

    n_cells: int
    n_records: int
    begun: tuple[str, ...]
    not_begun: tuple[str, ...]
    rows_begun: tuple[str, ...]
    rows_not_begun: tuple[str, ...]

    @property
    def n_missing(self) -> int:
        """Cells without a record."""
        return self.n_cells - self.n_records


def coverage_of(found: Collected) -> Coverage:
    """Count cells and records; players count as cells and begin nothing."""
    places = [place for row in found.places.values() for place in row.values()]
    rows = [row for row in found.suite.rows if find_row(row).kind != "player"]
    begun = {
        (row, task) for row in rows for task, place in found.places[row].items() if place.records
    }
    tasks_begun, rows_begun = {task for _, task in begun}, {row for row, _ in begun}
    return Coverage(
        n_cells=sum(place.n_cells for place in places),
        n_records=sum(len(place.records) for place in places),
        begun=tuple(task for task in found.suite.tasks if task in tasks_begun),
        not_begun=tuple(task for task in found.suite.tasks if task not in tasks_begun),
        rows_begun=tuple(row for row in rows if row in rows_begun),
        rows_not_begun=tuple(row for row in rows if row not in rows_begun),
    )
