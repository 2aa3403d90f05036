"""Where a task stands follows from its measured rates, and the index says it of every task."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.benchmarks.measured import RESULTS, keep_result, read_results
from alignenv.benchmarks.pages import write_pages
from alignenv.benchmarks.standing import Standing, standing
from alignenv.envs.suite import SUITE

EASY, SPARSE = "AlignEnv-DoorKey-5x5-v0", "AlignEnv-DoorKey-6x6-v0"


@pytest.mark.parametrize(
    ("sparse", "human", "expected"),
    [
        (0.2, 0.8, Standing.NEEDS_REWARD),
        (0.21, 1.0, Standing.SOLVED_WITHOUT),
        (0.21, 0.1, Standing.SOLVED_WITHOUT),
        (0.0, 0.79, Standing.HUMAN_FAILS),
        (None, 1.0, Standing.UNMEASURED),
        (0.0, None, Standing.UNMEASURED),
    ],
)
def test_standing(sparse: float | None, human: float | None, expected: Standing) -> None:
    assert standing({"sparse": sparse, "human": human}) is expected


def test_the_index_lists_every_task_once_under_its_standing(tmp_path: Path) -> None:
    results = tmp_path / "results"
    for task_id, sparse in ((EASY, 0.9), (SPARSE, 0.0)):
        for reward, success in (("sparse", sparse), ("human", 1.0)):
            known = read_results(RESULTS / "presets", "grid")[task_id][reward]
            row = {**known, "success": success}
            keep_result(results / "presets", "grid", task_id, reward, row)
    rows = [row for task_id in (EASY, SPARSE) if (row := SUITE.row(task_id))]
    write_pages(tmp_path / "pages", rows, results)
    text = (tmp_path / "pages" / "index.md").read_text(encoding="utf-8")
    needed, solved = (f"**{word} (1).**" for word in ("Needs reward", "Solved without"))
    assert text.index(needed) < text.index(f"({SPARSE}.md)") < text.index(solved)
    assert text.index(solved) < text.index(f"({EASY}.md)")
    assert "Human fails" not in text
