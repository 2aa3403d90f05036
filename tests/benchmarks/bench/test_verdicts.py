"""The audit's answers on the programs of records, kept beside them, and the table of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks import audit
from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.collect import collect
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.suite import BenchProtocol, BenchSuite
from alignenv.benchmarks.bench.verdicts import audited_sheet, verdict_sheet
from alignenv.cli import bench
from alignenv.cli.main import app
from alignenv.reward_design.sandbox import InlinePool


def test_verdicts_stand_beside_success(
    suite: BenchSuite, store: RecordStore, write_records: Callable[..., None]
) -> None:
    success = {name: (lambda task, number: 1.0) for name in ("random", "sparse", "human")}
    success["hackable"] = success["eureka[symbolic]"] = lambda task, number: 0.25
    write_records(suite, store, success)
    assert verdict_sheet(collect(suite, store), store) is None, "nothing was audited yet"
    sheet = audited_sheet(suite, store, InlinePool())
    rows = {row[0]: row[1:] for row in sheet.rows}
    assert rows["human"] == ("2", "2", "0", "0", "100% (12)", "-", "-")
    assert rows["hackable"] == ("2", "0", "2", "0", "-", "25% (12)", "-")
    assert rows["eureka[symbolic]"][:4] == ("2", "2", "0", "0"), "a potential of 0 shapes nothing"
    assert "sparse" not in rows
    files = sorted((store.folder / "audits").rglob("*.json"))
    before = [file.stat().st_mtime_ns for file in files]
    assert audited_sheet(suite, store, InlinePool()) == sheet
    assert [file.stat().st_mtime_ns for file in files] == before, "nothing is asked twice"
    assert len(files) == 6


def test_the_command_prints_the_table(
    suite: BenchSuite,
    store: RecordStore,
    write_records: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_records(suite, store, {"eureka[symbolic]": lambda task, number: 0.25})
    monkeypatch.setattr(audit, "open_audit_pool", lambda: nullcontext(InlinePool()))
    monkeypatch.setattr(bench, "_open", lambda *_: (suite, store))
    words = ["bench", "audit", "tiny", "--json"]
    told = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert [(row["row"], row["sound"]) for row in told["rows"]] == [("eureka[symbolic]", "2")]
    text = CliRunner().invoke(app, words[:-1], catch_exceptions=False).stdout
    assert "eureka[symbolic]" in text


def test_a_suite_may_screen_its_searches(suite: BenchSuite) -> None:
    """And one that does not has the cells that it had."""
    screened = suite.model_copy(
        update={"protocol": suite.protocol.model_copy(update={"audit": True})}
    )
    assert screened.protocol.search().audit
    assert not screened.protocol.search(3).audit, "given programs are all trained"
    before = {cell.row: cell.settings for cell in cells_of(suite)}
    after = {cell.row: cell.settings for cell in cells_of(screened)}
    assert after["human"] == before["human"]
    assert after["eureka[symbolic]"]["search"] == {
        **before["eureka[symbolic]"]["search"],
        "audit": True,
    }
    assert "audit" not in BenchProtocol().search().model_dump(exclude_unset=True)
