"""The driver: runs the cells of a suite that have no record yet, in any number of sittings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from alignenv.benchmarks.bench.cells import Cell, cells_of, ground_of
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.bench.trainings import Bench
from alignenv.benchmarks.bench.work import (
    Result,
    forget_search,
    play_cell,
    search_cell,
    train_cells,
)
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.workers import n_cores, open_pool
from alignenv.errors import MachineError

WORK = "work"
"""Folder of studies of searches that are not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a suite is run; nothing of it decides a result.

    Attributes:
        n_workers: Parallel workers; None for one per core.
        isolation: `auto`, or `kernel` to refuse anything weaker.
        budget: Caps of model calls, for each search.
        base_url: OpenAI-compatible server; None for the client's default.
    """

    n_workers: int | None = None
    isolation: str = "auto"
    budget: str = ""
    base_url: str | None = None


def missing_cells(suite: BenchSuite, store: RecordStore) -> list[Cell]:
    """Cells of a suite that have no record."""
    return [cell for cell in cells_of(suite) if store.find(cell) is None]


def run_suite(
    suite: BenchSuite, store: RecordStore, view: RunView, options: RunOptions
) -> list[Cell]:
    """Run what is missing, task by task; each finished cell is on disk before the next begins.

    Returns:
        The cells that were run.

    Raises:
        BudgetExceeded: A search reached a cap; what is done is kept.
        MachineError: Isolation, disk or workers failed; what is done is kept.
    """
    missing = missing_cells(suite, store)
    for task, group in groupby(missing, key=lambda cell: cell.task):
        _run_task(suite, task, list(group), store, view, options)
    return missing


def _run_task(
    suite: BenchSuite,
    task: str,
    cells: Sequence[Cell],
    store: RecordStore,
    view: RunView,
    options: RunOptions,
) -> None:
    ground = ground_of(task, suite.protocol)
    for cell in cells:
        if cell.kind == "player":
            played = play_cell(ground, cell)
            store.keep(cell, played.parts, played.volatile)
    trained = [cell for cell in cells if cell.kind != "player"]
    if not trained:
        return
    n_workers = options.n_workers or n_cores()
    with open_pool(ground.ref, n_workers=options.n_workers, isolation=options.isolation) as pool:
        view.begin(
            f"{suite.name}: {task}, {len(trained)} cells",
            pool.describe(),
            sum(cell.env_steps for cell in trained),
        )
        bench = Bench(
            pool=pool,
            ground=ground,
            view=view,
            folder=store.folder / WORK,
            replies=store.replies,
            budget=options.budget,
            base_url=options.base_url,
        )
        for algorithm, group in groupby(trained, key=lambda cell: cell.algorithm):
            its = replace(bench, ground=ground_of(task, suite.protocol, algorithm))
            for cell, result in _results(its, list(group), n_workers):
                if not result.crashed:
                    store.keep(cell, result.parts, result.volatile)
                forget_search(its, cell)
                if result.crashed:
                    raise _all_crashed(cell)


def _results(bench: Bench, cells: Sequence[Cell], n_workers: int) -> Iterator[tuple[Cell, Result]]:
    """Fixed rewards as many at a time as there are workers, then searches one by one."""
    fixed = [cell for cell in cells if cell.kind == "reward"]
    for first in range(0, len(fixed), n_workers):
        batch = fixed[first : first + n_workers]
        bench.view.phase(", ".join(f"{cell.row} {cell.seed}" for cell in batch))
        yield from train_cells(bench, batch)
    for cell in cells:
        if cell.kind != "reward":
            bench.view.phase(f"{cell.row} {cell.seed}")
            yield cell, search_cell(bench, cell)


def _all_crashed(cell: Cell) -> MachineError:
    return MachineError(
        f"{cell.task}, {cell.row} {cell.seed}: workers crashed in every training. That is the "
        "machine's doing, so no record of it is kept.",
        cure="Run `alignenv doctor`, and `alignenv train` on this task to see why.",
    )


def folder_of(out: Path | None) -> Path:
    """Where suites are run unless another folder is given; all suites share it."""
    return out or Path("runs") / "bench"
