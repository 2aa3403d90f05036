"""Tables from records written by hand: known figures come out, and what is missing is said."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from alignenv.benchmarks.bench.analysis import analyse, seen_curve
from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.collect import TaskFacts, collect, pair
from alignenv.benchmarks.bench.formats import as_document
from alignenv.benchmarks.bench.plan import plan_sheet, plan_suite
from alignenv.benchmarks.bench.records import canonical
from alignenv.benchmarks.bench.tables import make_tables, write_tables
from alignenv.errors import ConfigError, UnknownName

RATES = {
    "random": lambda task, i: 0.0,
    "sparse": lambda task, i: 0.1,
    "human": lambda task, i: 0.9,
    "hackable": lambda task, i: 0.0,
    "eureka[symbolic]": lambda task, i: 0.5 if "DoorKey" in task else 0.7,
    "oracle": lambda task, i: 1.0,
}
RETURNS = {"policy": 3.0, "random": 1.0, "oracle": 2.0}


def results_of(suite, store):
    return {result.row.name: result for result in analyse(collect(suite, store))}


def test_known_runs_give_known_figures(suite, store, write_records):
    write_records(suite, store, RATES, returns=lambda cell: RETURNS)
    found = results_of(suite, store)
    search = found["eureka[symbolic]"]
    assert search.shape == (3, 2)
    assert search.success == pytest.approx(0.6)
    assert search.normalised.score == pytest.approx((0.5 + 0.75) / 2)
    assert search.normalised.per_task == pytest.approx([0.5, 0.75])
    assert found["human"].normalised.score == pytest.approx(1)
    against = search.against["human"]
    assert against.contrast.difference == pytest.approx(-0.3)
    assert against.contrast.improvement == 0.0
    assert against.contrast.p == pytest.approx(2 / 2**6)
    assert against.p == pytest.approx(2 / 2**6), "the largest of three is left as it is by Holm"
    small = found["sparse"].against["human"]
    assert small.p == pytest.approx(3 * small.contrast.p)
    assert search.search.valid == 0.5
    assert search.search.mean == pytest.approx(0.45)
    assert search.search.best == 0.9
    assert search.search.report == pytest.approx(0.6)
    assert search.cost.cpu_h == pytest.approx(6 * 36 / 3600)


def test_paying_more_than_the_oracle_gets_for_less_is_hacking(suite, store, write_records):
    write_records(suite, store, RATES, returns=lambda cell: RETURNS)
    found = results_of(suite, store)
    hacked = found["hackable"].hacking
    assert (hacked.n_events, hacked.n_runs) == (12, 12)
    assert hacked.gains.proxy == pytest.approx(2.0)
    assert hacked.gains.true == pytest.approx(0.0)
    assert hacked.gains.hack_gap == pytest.approx(2.0)
    assert found["human"].hacking.gains.true == pytest.approx(0.9)
    assert found["human"].hacking.n_events == 12


def test_without_references_nothing_is_said_of_hacking(suite, store, write_records):
    rates = {name: RATES[name] for name in ("sparse", "human")}
    write_records(suite, store, rates, returns=lambda cell: RETURNS)
    assert results_of(suite, store)["human"].hacking is None


def test_cells_without_records_are_missing_and_never_filled_in(suite, store, write_records):
    write_records(suite, store, {"human": RATES["human"], "sparse": RATES["sparse"]})
    cells = [cell for cell in cells_of(suite) if cell.row == "human"]
    store.path(cells[0]).unlink()
    human = results_of(suite, store)["human"]
    assert human.tasks == ("AlignEnv-Empty-5x5-v0",)
    assert human.n_missing == 1
    rows = {row[0]: row for row in make_tables(suite, store).sheets[0].rows}
    assert rows["human"][1] == "1 of 2"
    assert rows["eureka[symbolic]"][3] == "missing"
    assert rows["oracle"][3] == "missing"
    notes = " ".join(make_tables(suite, store).sheets[0].notes)
    assert "human 1" in notes
    assert (
        "over the 1 of 2 tasks that every row with a mean here has in full: Empty-5x5-v0" in notes
    )
    assert rows["sparse"][1] == "1 of 2"


def test_no_records_at_all_make_a_table_of_missing(suite, store):
    for sheet in make_tables(suite, store, peers=True).sheets:
        for row in sheet.rows:
            assert set(row[1:]) <= {"missing", "-", "0 of 2", "0.00"}, row


def test_a_damaged_or_foreign_record_is_refused(suite, store, write_records):
    write_records(suite, store, {"human": RATES["human"]})
    first, second = [store.path(c) for c in cells_of(suite) if c.row == "human"][:2]
    whole = first.read_bytes()
    first.write_bytes(whole[:-30])
    with pytest.raises(ConfigError, match="no record"):
        collect(suite, store)
    first.write_bytes(second.read_bytes())
    with pytest.raises(ConfigError, match="is a record of cell"):
        collect(suite, store)


def test_pairs_are_of_the_same_trainings():
    searches = np.arange(6.0).reshape(3, 2, 1)
    fixed = np.arange(8.0).reshape(8, 1, 1)
    ours, theirs = pair(searches, fixed)
    np.testing.assert_array_equal(ours, theirs)
    theirs, ours = pair(fixed, searches)
    np.testing.assert_array_equal(ours, theirs)
    few = fixed[:2]
    ours, theirs = pair(searches, few)
    np.testing.assert_array_equal(ours[:, 0, 0], [0.5, 2.5])
    np.testing.assert_array_equal(theirs[:, 0, 0], [0, 1])


def test_early_points_of_a_curve_do_not_count():
    facts = TaskFacts(full=1000, blind=400)
    run = {"curve": [[100, 1.0, 1.0], [400, 0.2, 1.0], [900, 0.6, 1.0], [1000, None, 1.0]]}
    steps, rates = seen_curve(run, facts)
    assert steps.tolist() == [0, 400, 900]
    assert rates.tolist() == [0, 0.2, 0.6]
    assert seen_curve({"curve": [[100, None, 1.0]]}, facts) is None
    assert seen_curve({}, facts) is None
    only = {"curve": [[50, 0.9, 0.0], [100, 0.3, 0.0]]}
    assert seen_curve(only, facts)[1].tolist() == [0, 0.3]


def test_every_form_holds_every_row(suite, store, write_records):
    write_records(suite, store, RATES, returns=lambda cell: RETURNS)
    tables = make_tables(suite, store, peers=True)
    rows = list(csv.reader(io.StringIO(tables.text("csv"))))
    assert [row[1] for row in rows if row[0] == "success"] == [
        "random actions", "sparse", "human", "hackable", "eureka[symbolic]", "oracle",
    ]  # fmt: skip
    assert tables.text("latex").count("\\toprule") == len(tables.sheets)
    assert "100.0 \\%" in tables.text("latex")
    document = json.loads(
        json.dumps(as_document(suite, tables.results, tables.sheets), allow_nan=False)
    )
    row = next(r for r in document["rows"] if r["name"] == "eureka[symbolic]")
    assert row["against"]["human"]["verdict"] == "worse"
    assert row["normalised"]["n_tasks"] == 2
    assert [table["key"] for table in document["tables"]] == [s.key for s in tables.sheets]
    assert [table["rows"] for table in document["tables"]] == [
        [list(row) for row in sheet.rows] for sheet in tables.sheets
    ]
    with pytest.raises(UnknownName, match="latex"):
        tables.text("latx")


def test_a_narrow_terminal_gets_fewer_columns_and_is_told(suite, store, write_records):
    write_records(suite, store, RATES)
    sheet = make_tables(suite, store).sheets[0]
    assert sheet.shortened(sheet.width) is sheet
    short = sheet.shortened(sheet.width - 1)
    assert short.width < sheet.width
    assert short.columns[0] == "row"
    assert "beats human [95 %]" not in short.columns
    assert "vs human" in short.columns
    assert [row[0] for row in short.rows] == [row[0] for row in sheet.rows]
    assert "left out" in short.notes[-1]


def test_equal_needs_pairs_and_a_narrow_interval(suite, store, write_records):
    write_records(suite, store, {**RATES, "hackable": lambda task, i: 0.1 + 0.01 * (-1) ** i})
    found = results_of(suite, store)
    assert found["hackable"].against["sparse"].verdict == "equal"
    few = suite.model_copy(
        update={"protocol": suite.protocol.model_copy(update={"fixed_seeds": 4})}
    )
    assert results_of(few, store)["hackable"].against["sparse"].verdict == "undecided"


def test_peers_count_tasks_as_their_papers_do(suite, store, write_records):
    rates = {**RATES, "eureka[symbolic]": lambda task, i: 0.95 if "DoorKey" in task else 0.87}
    write_records(suite, store, rates)
    sheet = make_tables(suite, store, peers=True).sheets[-1]
    row = next(row for row in sheet.rows if row[0] == "eureka[symbolic]")
    assert row[2] == "50% (1 of 2)"
    assert row[3] == "2 of 2"
    sparse = next(row for row in sheet.rows if row[0] == "sparse")
    assert sparse[1:] == ("0.00", "0% (0 of 2)", "0 of 2")


def test_tables_stand_between_markers_and_are_checked(suite, store, write_records, tmp_path):
    write_records(suite, store, RATES)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench:tiny:success:begin -->\n<!-- bench:tiny:success:end -->\nx")
    tables = make_tables(suite, store)
    assert not write_tables(tables, page, check=True)
    assert write_tables(tables, page, check=False)
    assert write_tables(tables, page, check=True)
    text = page.read_text()
    assert text.startswith("before\n<!--")
    assert "| human | 2 of 2 | 6 | 90.0 % [90.0, 90.0]" in text
    page.write_text("no markers")
    with pytest.raises(ConfigError, match="bench:tiny:success:begin"):
        write_tables(tables, page, check=True)


def test_plan_counts_what_is_missing_and_learns_the_price(suite, store, write_records):
    before = plan_suite(suite, store)
    assert len(before.missing) == before.n_cells == len(cells_of(suite))
    write_records(suite, store, {"human": RATES["human"]})
    after = plan_suite(suite, store)
    assert len(after.missing) == before.n_cells - 12
    by_row = dict(zip((c.row for c in after.missing), after.cpu_s, strict=True))
    assert by_row["sparse"] == pytest.approx(36.0)
    assert by_row["oracle"] == 0
    assert after.guessed == ()
    assert "have no record" in plan_sheet(after).notes[0]
    assert json.dumps(after.to_json())


def test_records_are_compared_without_what_varies(suite, store, write_records):
    write_records(suite, store, {"random": RATES["random"]})
    record = store.find(cells_of(suite)[0])
    assert record["volatile"]["versions"]["torch"]
    assert record["volatile"]["machine"]
    assert "volatile" not in canonical(record)


def test_one_run_a_task_has_no_interval_and_decides_nothing(suite, store, write_records):
    alone = suite.model_copy(
        update={
            "protocol": suite.protocol.model_copy(
                update={"search_seeds": 1, "report_seeds": 2, "fixed_seeds": 2}
            )
        }
    )
    write_records(alone, store, RATES)
    found = results_of(alone, store)["eureka[symbolic]"]
    assert found.interval is None
    assert found.success is not None
    assert found.against["human"].verdict == "undecided"
    sheet = make_tables(alone, store).sheets[0]
    row = next(row for row in sheet.rows if row[0] == "eureka[symbolic]")
    assert row[3] == "60.0 %"


def test_transfer_is_the_drop_from_layouts_that_were_trained_on(suite, store, write_records):
    split = suite.model_copy(
        update={
            "tasks": ("AlignEnv-DoorKey-5x5-v0",),
            "protocol": suite.protocol.model_copy(update={"split": "train"}),
        }
    )
    write_records(
        split, store, RATES, success_met=lambda cell: 0.95, success_there=lambda cell: 0.97
    )
    found = results_of(split, store)
    drop, (low, high) = found["human"].transfer
    assert (drop, low, high) == pytest.approx((0.05, 0.05, 0.05))
    sheet = make_tables(split, store).sheets[1]
    assert sheet.columns[-2:] == ("policy drop [95 %]", "reward drop [95 %]")
    human = next(row for row in sheet.rows if row[0] == "human")
    assert human[-2:] == ("+5.0 [+5.0, +5.0]", "-2.0 [-2.0, -2.0]")
    assert found["human"].reward_transfer[0] == pytest.approx(-0.02)
    assert found["oracle"].transfer is None
