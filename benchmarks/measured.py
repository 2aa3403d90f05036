"""What was measured and is kept in the repository; light to import.

Presets are measured by `alignenv.benchmarks.measure`, random play and scripted oracles by
`alignenv.benchmarks.references`, random programs by `alignenv.benchmarks.random_programs`. A wheel
carries no results: everything is then unmeasured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alignenv.files import write_atomically

RESULTS = Path(__file__).parent / "results"
"""Folder of all results; each folder in it holds one file per family."""

COLUMNS = {
    "random": ("references", "random", "success"),
    "oracle": ("references", "oracle", "success"),
    "sparse": ("presets", "sparse", "success"),
    "novelty": ("presets", "sparse+novelty", "success"),
    "programs": ("random_programs", "random programs", "best"),
    "human": ("presets", "human", "success"),
    "hackable": ("presets", "hackable", "success"),
}
"""Columns of measured TRUE success: folder of results, row, and key of the figure."""

Table = dict[str, dict[str, Any]]
"""Documents by task, then by reward or player."""


def read_results(folder: Path, family: str) -> Table:
    """One family's rows of a folder of results; empty when nothing was measured."""
    file = folder / f"{family}.json"
    table: Table = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return table


def keep_result(folder: Path, family: str, task_id: str, name: str, row: dict[str, Any]) -> None:
    """Add a row to a family's file, which is read anew and replaced at once.

    So a row that another process added in the meantime stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = read_results(folder, family)
    table.setdefault(task_id, {})[name] = row
    text = json.dumps(table, indent=1, sort_keys=True) + "\n"
    write_atomically(folder / f"{family}.json", text.encode())


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Rows of a study of its own, one JSON object a line; empty when nothing was measured."""
    rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return rows


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace the rows of a study at once."""
    text = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    write_atomically(file, f"[\n{text}\n]\n".encode())


def success_rates(task_id: str, family: str, results: Path = RESULTS) -> dict[str, float | None]:
    """TRUE success of random play, the oracle, the best random program, and trained agents.

    Args:
        task_id: Gymnasium id.
        family: Family of the task.
        results: Folder of all results.

    Returns:
        Shares in [0, 1] by name, in the order of `COLUMNS`; None where nothing was measured.
    """
    folders = {folder for folder, _, _ in COLUMNS.values()}
    known = {name: read_results(results / name, family).get(task_id, {}) for name in folders}
    return {
        column: float(known[folder][row][key]) if row in known[folder] else None
        for column, (folder, row, key) in COLUMNS.items()
    }
