"""Partial suites: one set of tasks for all means, and what is missing is counted."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.bench.analysis import analyse
from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.collect import collect
from alignenv.benchmarks.bench.contrasts import feedback_sheets, task_gaps
from alignenv.benchmarks.bench.coverage import core_of, coverage_of, part_of
from alignenv.benchmarks.bench.tables import make_tables

DOORKEY, EMPTY = "AlignEnv-DoorKey-5x5-v0", "AlignEnv-Empty-5x5-v0"
SEARCHES = ("random-programs", "eureka[symbolic]")


@pytest.fixture
def wide(suite):
    """The small suite with random programs, so that it has two searches."""
    return suite.with_rows(["random-programs"])


def drop(suite, store, row, task, seed=0):
    cell = next(c for c in cells_of(suite) if (c.row, c.task, c.seed) == (row, task, seed))
    store.path(cell).unlink()


def rates(doorkey, empty):
    """The same success in every run of every row but the two searches."""
    bars = dict.fromkeys(("sparse", "human", "hackable"), lambda task, i: 0.5)
    return {
        **bars,
        "random-programs": lambda task, i: 0.4,
        "eureka[symbolic]": lambda task, i: doorkey if task == DOORKEY else empty,
    }


def test_all_rows_stand_on_the_tasks_that_bars_and_searches_share(wide, store, write_records):
    write_records(wide, store, rates(0.9, 0.2))
    assert core_of(collect(wide, store)).tasks == (DOORKEY, EMPTY)
    drop(wide, store, "eureka[symbolic]", EMPTY)
    core = core_of(collect(wide, store))
    assert core.tasks == (DOORKEY,)
    assert core.rows == ("sparse", "human", "hackable", "eureka[symbolic]", "random-programs")
    results = {r.row.name: r for r in analyse(collect(wide, store))}
    assert all(results[name].tasks == (DOORKEY,) for name in core.rows)
    assert results["eureka[symbolic]"].success == pytest.approx(0.9)
    assert results["human"].by_task == {DOORKEY: 0.5, EMPTY: 0.5}
    assert results["human"].n_complete == 2
    assert results["oracle"].tasks == ()


def test_a_row_without_all_of_these_tasks_has_no_mean_beside_the_others(wide, store, write_records):
    write_records(wide, store, rates(0.9, 0.2))
    drop(wide, store, "hackable", DOORKEY)
    tables = make_tables(wide, store)
    told = {sheet.key: sheet for sheet in tables.sheets}
    row = next(r for r in told["success"].rows if r[0] == "hackable")
    assert row[1:7] == ("1 of 2", "6", "-", "-", "-", "-")
    assert row[8].endswith(", 1 task")
    assert "without a mean here: hackable." in " ".join(told["success"].notes)
    assert [r[0] for r in told["learning"].rows if r[0].endswith("*")] == ["hackable *"]
    assert [r[0] for r in told["tasks"].rows] == ["DoorKey-5x5-v0", "Empty-5x5-v0"]
    (other,) = told["others"].rows
    assert other == ("hackable", "1 of 2", "50.0", "50.0", "50.0", "Empty-5x5-v0")


def test_searches_on_different_tasks_do_not_empty_the_table(wide, store, write_records):
    write_records(wide, store, rates(0.9, 0.2))
    drop(wide, store, "eureka[symbolic]", EMPTY)
    drop(wide, store, "random-programs", DOORKEY)
    core = core_of(collect(wide, store))
    assert len(core.tasks) == 1
    assert len(set(SEARCHES) & set(core.rows)) == 1


def test_tasks_without_a_complete_row_are_named_below(wide, store, write_records):
    write_records(wide, store, {"human": lambda task, i: 1.0})
    drop(wide, store, "human", EMPTY)
    sheet = next(s for s in make_tables(wide, store).sheets if s.key == "tasks")
    assert [row[0] for row in sheet.rows] == ["DoorKey-5x5-v0"]
    assert sheet.notes[-1] == "No row is complete on Empty-5x5-v0."


def test_cells_and_records_are_counted(wide, store, write_records):
    found = collect(wide, store)
    n = len(cells_of(wide))
    assert (coverage_of(found).n_cells, coverage_of(found).n_records) == (n, 0)
    assert core_of(found).rows == ()
    write_records(wide, store, {"human": lambda task, i: 1.0})
    drop(wide, store, "human", EMPTY)
    told = coverage_of(collect(wide, store))
    assert told.n_missing == n - 11
    assert told.begun == (DOORKEY, EMPTY)
    assert told.rows_begun == ("human",)
    assert "random" not in told.rows_not_begun
    assert part_of(found, (EMPTY,)).complete("human") == ()


def test_feedback_is_compared_task_by_task(wide, store, write_records):
    write_records(wide, store, rates(0.9, 0.2))
    up, down = task_gaps(collect(wide, store), "eureka[symbolic]", "random-programs")
    assert (up.difference, down.difference) == (0.5, -0.2)
    assert (up.direction, down.direction) == (1, -1)
    assert up.n_pairs == 3
    (sheet,) = feedback_sheets(collect(wide, store))
    assert sheet.rows[0][:5] == ("DoorKey-5x5-v0", "40", "90", "+50.0 [+50.0, +50.0]", "above 0")
    assert sheet.rows[-1][:4] == ("all of them", "40", "55", "+15.0 [+15.0, +15.0]")
    assert "above 0 on 1 and below 0 on 1 of 2 tasks" in sheet.notes[1]


def test_equal_searches_are_not_told_apart(wide, store, write_records):
    write_records(wide, store, rates(0.4, 0.4))
    assert [g.direction for g in task_gaps(collect(wide, store), *SEARCHES[::-1])] == [0, 0]
    drop(wide, store, "random-programs", EMPTY)
    assert len(task_gaps(collect(wide, store), *SEARCHES[::-1])) == 1
    drop(wide, store, "random-programs", DOORKEY)
    assert feedback_sheets(collect(wide, store)) == []


def test_noise_between_pairs_widens_the_interval(wide, store, write_records):
    noisy = {**rates(0, 0), "eureka[symbolic]": lambda task, i: 0.4 + 0.2 * (-1) ** (i // 2)}
    write_records(wide, store, noisy)
    (gap, _) = task_gaps(collect(wide, store), "eureka[symbolic]", "random-programs")
    assert gap.interval.low < 0 < gap.interval.high
    assert gap.direction == 0
