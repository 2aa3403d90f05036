"""The smoke suite whole, as users run it: all kinds of rows, then every table, page and text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.bench.findings import findings
from alignenv.benchmarks.bench.publish import results_page
from alignenv.benchmarks.bench.readme import readme_part
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.suite import load_suite
from alignenv.benchmarks.bench.tables import make_tables
from alignenv.cli.main import app

MOST_CPU_S = 2 * 120
"""Two minutes on two cores."""


def bench(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["bench", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.whole
def test_the_smoke_suite_fills_every_table_in_two_minutes(tmp_path: Path) -> None:
    told = json.loads(
        bench("run", "smoke", "--out", tmp_path, "--workers", "2", "--quiet", "--json")
    )
    rows = {row["name"]: row for row in told["rows"]}
    assert sum(row["n_missing"] for row in rows.values()) == 0
    assert rows["oracle"]["success"] == 1.0
    assert 0 < sum(row["cost"]["cpu_h"] for row in rows.values()) * 3600 < MOST_CPU_S

    suite = load_suite("smoke")
    tables = make_tables(suite, RecordStore(tmp_path), peers=True)
    assert not any("missing" in row for sheet in tables.sheets for row in sheet.rows)
    keys = [sheet.key for sheet in tables.sheets]
    assert {"success", "learning", "cost", "tasks", "others", "feedback", "peers"} <= set(keys)
    answers = [" ".join(part.answer) for part in findings(tables)]
    assert not any(answer.startswith("Not measured yet") for answer in answers)
    assert "35 of 35 cells have a record" in readme_part(tables, {})
    assert results_page(tables, [], {}).count("### ") == len(keys) + 1
    page = Path(bench("report", "smoke", "--out", tmp_path).strip()).read_text(encoding="utf-8")
    assert "35 of 35 cells have a record." in page
