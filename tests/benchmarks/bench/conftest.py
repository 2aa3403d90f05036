"""A small suite, and records of it that were written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.bench.cells import Cell, cells_of
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.suite import BenchSuite, parse_suite

TEXT = """
about = "For tests."
tasks = ["AlignEnv-DoorKey-5x5-v0", "AlignEnv-Empty-5x5-v0"]
rows = ["random", "sparse", "human", "hackable", "eureka[symbolic]", "oracle"]

[protocol]
env_steps = 1024
candidates = 2
generations = 1
rung = 1.0
select_episodes = 10
search_seeds = 3
report_seeds = 2
fixed_seeds = 6
audit_episodes = 5
preset = { n_envs = 16, n_steps = 32, batch_size = 128, n_epochs = 1 }
"""

Success = Mapping[str, Callable[[str, int], float]]
"""Success by row, of a task and the number of a training."""


@pytest.fixture(scope="session")
def suite() -> BenchSuite:
    return parse_suite("tiny", TEXT)


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path)


def write(
    suite: BenchSuite, store: RecordStore, success: Success, **more: Callable[[Cell], Any]
) -> None:
    """Records of the rows that are named; `more` adds figures to their runs."""
    for cell in cells_of(suite):
        if cell.row in success:
            store.keep(cell, parts(cell, success[cell.row], more), {"cpu_s": 36.0})


def parts(
    cell: Cell, success: Callable[[str, int], float], more: Mapping[str, Callable[[Cell], Any]]
) -> dict[str, Any]:
    numbers = [0] if cell.kind == "player" else list(cell.replicates)
    runs = [
        {
            "replicate": number,
            "success": success(cell.task, number),
            "failure": None,
            "env_steps": 1024,
            **{name: figure(cell) for name, figure in more.items()},
        }
        for number in numbers
    ]
    found = None
    if cell.kind in ("search", "programs"):
        found = {
            "best": "g00c01",
            "source": "def potential(state):\n    return 0.0\n",
            "candidates": [
                {"id": "g00c00", "success": 0.0, "valid": False, "env_steps": 0},
                {"id": "g00c01", "success": 0.9, "valid": True, "env_steps": 1024},
            ],
        }
    cost = {"env_steps": 1024 * len(runs), "env_steps_search": 1024 if found else 0}
    return {"runs": runs, "search": found, "cost": cost}


@pytest.fixture(scope="session")
def write_records() -> Callable[..., None]:
    return write
