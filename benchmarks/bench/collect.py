"""Records of a suite in arrays: which tasks a row has in full, and what its runs showed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.benchmarks.bench.cells import Cell, cells_of, ground_of
from alignenv.benchmarks.bench.records import Record, RecordStore
from alignenv.benchmarks.bench.suite import BenchSuite

FloatArray = npt.NDArray[np.float64]
Run = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What tables need to know of a task.

    Attributes:
        full: Env steps of one full training.
        blind: Env steps before which only short episodes can have ended in training, so that
            success while training means nothing yet.
    """

    full: int
    blind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One row on one task.

    Attributes:
        n_cells: Cells that it asks for.
        records: Those that there are, in order of their seeds.
        facts: The task as the row's algorithm trains on it.
    """

    n_cells: int
    records: tuple[Record, ...]
    facts: TaskFacts

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return len(self.records) == self.n_cells

    @property
    def runs(self) -> list[Run]:
        """All trainings, in order of their numbers."""
        return [run for record in self.records for run in record["runs"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The records of a suite.

    Attributes:
        suite: The suite.
        places: By row, then task; a row that a task has nothing for is not there.
    """

    suite: BenchSuite
    places: Mapping[str, Mapping[str, Place]]

    def complete(self, *rows: str) -> tuple[str, ...]:
        """Tasks, in the suite's order, on which all of these rows are complete."""
        return tuple(
            task
            for task in self.suite.tasks
            if all(task in self.places[row] and self.places[row][task].is_complete for row in rows)
        )

    def records(self, row: str) -> list[Record]:
        """All records of a row."""
        return [record for place in self.places[row].values() for record in place.records]

    def scores(
        self, row: str, tasks: Sequence[str], value: Callable[[Run], float] | None = None
    ) -> FloatArray:
        """A figure of each run, `(searches, trainings, tasks)`.

        Args:
            row: The row.
            tasks: Tasks on which it is complete.
            value: The figure; TRUE success when left out.
        """
        read = value or (lambda run: float(run["success"]))
        columns = [
            [[read(run) for run in record["runs"]] for record in self.places[row][task].records]
            for task in tasks
        ]
        return np.moveaxis(np.array(columns, dtype=np.float64), 0, -1)


def collect(suite: BenchSuite, store: RecordStore) -> Collected:
    """Read what there is of a suite.

    Raises:
        ConfigError: A file is no record of its cell.
    """
    cells: dict[str, dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells_of(suite):
        cells[cell.row][cell.task].append(cell)
    places = {
        row: {task: _place(suite, group, store) for task, group in cells[row].items()}
        for row in suite.rows
    }
    return Collected(suite=suite, places=places)


def _place(suite: BenchSuite, cells: Sequence[Cell], store: RecordStore) -> Place:
    found = [record for cell in cells if (record := store.find(cell)) is not None]
    ground = ground_of(cells[0].task, suite.protocol, cells[0].algorithm)
    blind = ground.preset.n_envs * ground.task.card.horizon
    facts = TaskFacts(full=ground.full, blind=blind)
    return Place(n_cells=len(cells), records=tuple(found), facts=facts)


def pair(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Runs of two rows side by side, training by training where both have enough.

    Trainings of the same number have the same seeds. A row without searches has one training
    each; its trainings are grouped as the other row's are. Where it has too few of them, a search
    counts by the mean of its trainings.

    Args:
        x: `(searches, trainings, tasks)`.
        y: The same of another row, with its own counts.
    """
    if x.shape[1] == y.shape[1]:
        n = min(len(x), len(y))
        return x[:n], y[:n]
    if x.shape[1] == 1:
        ours, theirs = pair(y, x)
        return theirs, ours
    searches, trainings, tasks = x.shape
    if y.shape[1] == 1 and len(y) >= searches * trainings:
        return x, y[: searches * trainings, 0].reshape(searches, trainings, tasks)
    n = min(searches, len(y))
    return x[:n].mean(axis=1, keepdims=True), y[:n].mean(axis=1, keepdims=True)
