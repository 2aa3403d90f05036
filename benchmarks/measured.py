"""Reads what was measured and is kept in the repository; light to import.

Presets are measured by `alignenv.benchmarks.measure`, random play and scripted oracles by
`alignenv.benchmarks.references`. A wheel carries no results: everything is then unmeasured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alignenv.files import write_atomically

RESULTS = Path(__file__).parent / "results"
"""Folder of all results; `presets` and `references` hold one file per family."""

TRAINED = ("sparse", "human", "hackable")
"""Rewards that every preset is measured with."""
REFERENCES = ("random", "oracle")
"""Players that need no training."""

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


def success_rates(task_id: str, family: str, results: Path = RESULTS) -> dict[str, float | None]:
    """TRUE success of random play, the oracle, and agents trained on the reference rewards.

    Args:
        task_id: Gymnasium id.
        family: Family of the task.
        results: Folder of all results.

    Returns:
        Shares in [0, 1] by name, in the order of `REFERENCES` and `TRAINED`; None where nothing
        was measured.
    """
    players = read_results(results / "references", family).get(task_id, {})
    rewards = read_results(results / "presets", family).get(task_id, {})
    rates: dict[str, float | None] = {}
    for name, rows in [(n, players) for n in REFERENCES] + [(n, rewards) for n in TRAINED]:
        document = rows.get(name)
        rates[name] = float(document["success"]) if document else None
    return rates
