"""What a suite still lacks, and what that will cost, judged by what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from alignenv.benchmarks.bench.cells import Cell, cells_of
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.sheets import Sheet
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.measured import RESULTS, read_results
from alignenv.task import find_task

GUESS = 60e-6
"""CPU seconds per env step of a training where nothing is known, at the slow end of the presets."""
OTHER_GUESS = 140e-6
"""The same with DQN or SAC."""
START_S = 15.0
"""CPU seconds to start the workers of a task."""


_Kind = tuple[str, str]
"""A task and what trains on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is missing.

    Attributes:
        suite: The suite.
        missing: Cells without a record.
        n_cells: All cells.
        cpu_s: Estimated processor seconds of each missing cell.
        guessed: Tasks for which nothing was measured, with the algorithm where it is not the
            suite's own.
    """

    suite: BenchSuite
    missing: tuple[Cell, ...]
    n_cells: int
    cpu_s: tuple[float, ...]
    guessed: tuple[str, ...]

    @property
    def cpu_h(self) -> float:
        """Estimated processor hours of all that is missing."""
        starts = START_S * len({cell.task for cell in self.missing})
        return (sum(self.cpu_s) + starts) / 3600

    def to_json(self) -> dict[str, Any]:
        """The document of `alignenv bench run --plan --json`."""
        return {
            "suite": self.suite.name,
            "cells": self.n_cells,
            "missing": [
                {"id": c.id, "task": c.task, "row": c.row, "seed": c.seed, "cpu_s": round(s, 1)}
                for c, s in zip(self.missing, self.cpu_s, strict=True)
            ],
            "cpu_h": round(self.cpu_h, 3),
            "guessed": list(self.guessed),
        }


def plan_suite(suite: BenchSuite, store: RecordStore) -> Plan:
    """What a suite lacks, with the processor time that it will take.

    A task's seconds per env step come from its records, else from the measured presets, which are
    of PPO.
    """
    cells = cells_of(suite)
    found = [(cell, store.find(cell)) for cell in cells]
    known: dict[_Kind, list[float]] = defaultdict(list)
    for cell, record in found:
        if record is not None and record["cost"]["env_steps"]:
            rate = record["volatile"]["cpu_s"] / record["cost"]["env_steps"]
            known[cell.task, cell.algorithm].append(rate)
    missing = tuple(cell for cell, record in found if record is None)
    kinds = dict.fromkeys((cell.task, cell.algorithm) for cell in missing)
    rates = {kind: _rate(kind, known) for kind in kinds}
    return Plan(
        suite=suite,
        missing=missing,
        n_cells=len(cells),
        cpu_s=tuple(
            (rates[cell.task, cell.algorithm] or _guess(cell)) * cell.env_steps for cell in missing
        ),
        guessed=tuple(" with ".join(filter(None, k)) for k, rate in rates.items() if rate is None),
    )


def _guess(cell: Cell) -> float:
    return OTHER_GUESS if cell.algorithm else GUESS


def _rate(kind: _Kind, known: Mapping[_Kind, Sequence[float]]) -> float | None:
    if kind in known:
        return median(known[kind])
    task, algorithm = kind
    if algorithm:
        return None
    rows = read_results(RESULTS / "presets", find_task(task).family).get(task, {})
    seconds = list(_preset_rates(rows))
    return median(seconds) if seconds else None


def _preset_rates(rows: Mapping[str, Any]) -> Iterable[float]:
    for row in rows.values():
        for run in row["runs"]:
            yield run["cpu_s"] / row["env_steps"]


def plan_sheet(plan: Plan) -> Sheet:
    """Missing cells and hours by task and row."""
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for cell, seconds in zip(plan.missing, plan.cpu_s, strict=True):
        groups[cell.task, cell.row].append(seconds)
    n_cores = 2
    told = (
        f"{len(plan.missing)} of {plan.n_cells} cells have no record. About {plan.cpu_h:.1f} CPU "
        f"hours, {plan.cpu_h / n_cores:.1f} hours on {n_cores} cores. Racing stops some "
        "candidates early in ways that are counted; programs that are refused cost nothing.",
    )
    guessed = ", ".join(plan.guessed)
    notes = (
        *told,
        f"Nothing was measured for {guessed}: {GUESS:g} s per env step is a guess, "
        f"{OTHER_GUESS:g} s with an algorithm of its own.",
    )
    return Sheet(
        key="plan",
        title=f"What {plan.suite.name} lacks",
        columns=("task", "row", "cells", "CPU minutes"),
        rows=tuple(
            (task, row, str(len(seconds)), f"{sum(seconds) / 60:.1f}")
            for (task, row), seconds in groups.items()
        ),
        notes=notes if plan.guessed else told,
    )
