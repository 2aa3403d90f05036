"""Programs after the first generation, of a search and of random programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alignenv.benchmarks.bench.cells import Cell, cells_of
from alignenv.benchmarks.bench.collect import Collected, collect
from alignenv.benchmarks.bench.contrasts import controlled
from alignenv.benchmarks.bench.feedback import hard_in_short
from alignenv.benchmarks.bench.findings import Also, findings
from alignenv.benchmarks.bench.later import later_of, later_sheets
from alignenv.benchmarks.bench.limits import negatives
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.suite import BenchSuite, parse_suite
from alignenv.benchmarks.bench.tables import make_tables

TEXT = """
about = "For tests."
tasks = ["AlignEnv-DoorKey-5x5-v0", "AlignEnv-Empty-5x5-v0"]
rows = ["random-programs", "eureka[symbolic]"]

[protocol]
env_steps = 1024
candidates = 2
generations = 2
search_seeds = 3
report_seeds = 1
"""
DOORKEY = "AlignEnv-DoorKey-5x5-v0"


def candidate(name: str, success: float, outcome: str = "fully trained") -> dict[str, Any]:
    valid = "failed" not in outcome
    return {
        "id": name, "success": success, "valid": valid, "env_steps": 1024, "outcome": outcome
    }  # fmt: skip


def keep(suite: BenchSuite, store: RecordStore, later: Callable[[Cell], list[float]]) -> Collected:
    """Records whose first generation is alike; of the later programs the first one is stopped."""
    for cell in cells_of(suite):
        stopped, whole = later(cell)
        told = [
            candidate("g00c00", 1.0),
            candidate("g00c01", 0.0, "failed: rule R1"),
            candidate("g01c00", stopped, "stopped at rung 0"),
            candidate("g01c01", whole),
        ]
        runs = [
            {"replicate": i, "success": 0.5, "failure": None, "env_steps": 1024}
            for i in cell.replicates
        ]
        search = {"best": "g00c00", "source": "", "candidates": told}
        parts = {
            "runs": runs,
            "search": search,
            "cost": {"env_steps": 4096, "env_steps_search": 3072},
        }
        store.keep(cell, parts, {"cpu_s": 1.0})
    return collect(suite, store)


@pytest.fixture(scope="module")
def two() -> BenchSuite:
    return parse_suite("two", TEXT)


def better(cell: Cell) -> list[float]:
    """Feedback adds 0.2 as they stood and 0.4 in full, on one of two tasks."""
    helps = cell.row == "eureka[symbolic]" and cell.task == DOORKEY
    return [0.1, 0.7] if helps else [0.1, 0.3]


def test_the_first_generation_does_not_count(two, store) -> None:
    found = keep(two, store, better)
    (its,) = controlled(found)
    every = later_of(found, its, [DOORKEY])
    assert (every.theirs, every.ours) == pytest.approx((0.2, 0.4))
    full = later_of(found, its, [DOORKEY], in_full=True)
    assert (full.theirs, full.ours) == pytest.approx((0.3, 0.7))
    assert its.gaps[0].difference == 0, "winners are the same"


def test_the_sheet_has_a_line_for_each_task_and_one_for_all(two, store) -> None:
    (sheet,) = later_sheets(keep(two, store, better))
    told = "+20.0 [+20.0, +20.0]"
    assert sheet.rows[0] == ("DoorKey-5x5-v0", "20", "40", told, "30", "70", "+40.0 [+40.0, +40.0]")
    assert sheet.rows[1][3] == "0.0 [0.0, 0.0]"
    assert sheet.rows[2][0].startswith("all of them")
    assert sheet.rows[2][3] == "+10.0 [+10.0, +10.0]"
    assert "above 0 on 1 and below 0 on 0 of 2 tasks" in sheet.notes[1]


def test_findings_tell_programs_from_winners(two, store) -> None:
    keep(two, store, better)
    text = " ".join(" ".join(part.answer) for part in findings(make_tables(two, store)))
    assert "no effect of feedback is shown" in text
    assert "Programs and winners are two questions" in text
    assert "+10.0 [+10.0, +10.0] points more" in text
    assert "above 0 on 1 of 2 tasks (DoorKey-5x5-v0)" in text


def test_the_negatives_tell_both_in_short(two, store) -> None:
    text = " ".join(negatives(keep(two, store, better), (), ()))
    assert "no effect of feedback is shown. That is of winners; its programs" in text
    assert "+10.0 [+10.0, +10.0] points more" in text
    assert "above 0 on 1 and below 0 on 0 of 2." in text


def test_the_negatives_tell_the_suite_of_hard_tasks(two, store) -> None:
    found = keep(two, store, better)
    (told,) = hard_in_short(found)
    assert "In the suite `two`" in told
    assert (
        "over 2 of 2 tasks, on single tasks with an interval above 0 on 0 and below 0 on 0" in told
    )
    assert told in negatives(found, (), (), found)
    assert hard_in_short(None) == []


def test_a_single_generation_has_no_later_programs(two, store) -> None:
    one = two.model_copy(update={"protocol": two.protocol.model_copy(update={"generations": 1})})
    assert later_sheets(collect(one, store)) == []


def test_findings_tell_the_suite_that_asks_of_feedback_alone(two, store) -> None:
    keep(two, store, better)
    main = make_tables(parse_suite("main", TEXT), RecordStore(store.folder / "none"))
    question = "Does feedback beat random programs at an equal budget?"
    answers = {
        part.question: part.answer for part in findings(main, Also(hard=collect(two, store)))
    }
    assert answers[question][0].startswith("The suite `two` asks this alone, of 2 tasks")
    assert any("above 0 on 1 of 2 tasks" in line for line in answers[question])
    answers = {part.question: part.answer for part in findings(main, Also(hard=main.found))}
    assert answers[question][0].startswith("Not measured yet")


def test_few_whole_tasks_are_shown_one_by_one_and_not_pooled(two, store) -> None:
    """One of six tasks is measured: its own figure is told, and what is missing."""
    keep(two.model_copy(update={"tasks": two.tasks[:1]}), store, better)
    more = [f"AlignEnv-DoorKey-{n}-v0" for n in ("6x6", "8x8", "16x16")]
    six = two.model_copy(update={"tasks": (*two.tasks, *more, "AlignEnv-Unlock-v0")})
    tables = make_tables(six, store)
    main = make_tables(parse_suite("main", TEXT), RecordStore(store.folder / "none"))
    told = " ".join(" ".join(part.answer) for part in findings(main, Also(hard=tables.found)))
    assert "30 of 36 cells lack a record, and both searches are whole on 1 of 6 tasks" in told
    assert "which needs 5. eureka[symbolic] less random programs" in told
    assert "no effect of feedback" not in told
    for sheet in tables.sheets:
        assert not any("of 6 tasks" in row[0] for row in sheet.rows), sheet.key
