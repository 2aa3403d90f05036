"""Suites as data: those that ship are sound, and a wrong one is told so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alignenv.benchmarks.bench.contrasts import CONTROL
from alignenv.benchmarks.bench.rows import ROWS, find_row
from alignenv.benchmarks.bench.suite import known_suites, load_suite, parse_suite
from alignenv.benchmarks.random_programs import PROGRAMS, ROW
from alignenv.errors import ConfigError, UnknownName

GOOD = 'about = "a"\ntasks = ["AlignEnv-Empty-5x5-v0"]\nrows = ["sparse"]\n'


def test_the_five_suites_ship() -> None:
    assert {"smoke", "standard", "full", "hazard", "transfer"} <= set(known_suites())
    assert len(load_suite("standard").tasks) >= 16
    assert len(load_suite("full").tasks) > len(load_suite("standard").tasks)
    assert load_suite("transfer").protocol.split == "train"


def test_feedback_is_asked_of_the_tasks_that_few_random_programs_solve() -> None:
    measured: dict[str, Any] = {}
    for path in PROGRAMS.glob("*.json"):
        measured |= json.loads(path.read_text(encoding="utf-8"))
    assert len(measured) > 20
    rows = {task: rows[ROW] for task, rows in measured.items()}
    hard = {
        task
        for task, row in rows.items()
        if sum(rate >= 0.5 for rate in row["rates"]) / len(row["rates"]) < 0.1
        and row["env_steps"] <= 2**18
    }
    suite = load_suite("feedback")
    assert set(suite.tasks) == hard
    assert suite.rows == (CONTROL, "eureka[symbolic]")


@pytest.mark.parametrize("name", ["standard", "full"])
def test_tables_for_claims_have_every_row_that_a_reader_asks_for(name: str) -> None:
    suite = load_suite(name)
    asked = {row.name for row in ROWS if row.kind != "racing"} | {"eureka[symbolic]"}
    assert asked <= set(suite.rows)
    assert suite.protocol.fixed_seeds >= suite.protocol.search_seeds * suite.protocol.report_seeds
    assert suite.protocol.search_seeds >= 5


def test_rows_may_be_named_by_designer_and_coder() -> None:
    row = find_row("text2reward[openai:gpt-5]")
    assert (row.kind, row.designer, row.coder) == ("search", "text2reward", "openai:gpt-5")
    with pytest.raises(UnknownName, match="sparse"):
        find_row("sparce")


def test_only_takes_short_names_of_tasks_and_rows() -> None:
    suite = load_suite("standard").only(["DoorKey-8x8", "human", "AlignEnv-Peg-v0"])
    assert suite.tasks == ("AlignEnv-DoorKey-8x8-v0", "AlignEnv-Peg-v0")
    assert suite.rows == ("human",)
    with pytest.raises(UnknownName, match="task or row"):
        suite.only(["hackable"])


def test_a_model_adds_its_rows_before_the_oracle() -> None:
    rows = load_suite("smoke").with_model("openai:gpt-5").rows
    assert rows[-1] == "oracle"
    assert "eureka[openai:gpt-5]" in rows
    assert "text2reward[openai:gpt-5]" in rows


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("Empty", "Emty"), "Empty-5x5"),
        (GOOD.replace("sparse", "spare"), "sparse"),
        (GOOD.replace('"sparse"', '"sparse", "sparse"'), "name each once"),
        (GOOD.replace("tasks", "task"), "A suite has about, tasks, rows"),
        (GOOD + "[protocol]\nepisodes = 50\n", "greater than or equal to 100"),
        (GOOD + "[protocol]\nseeds = 5\n", "fixed_seeds"),
        (GOOD.replace("AlignEnv-Empty-5x5-v0", "tag:headlines"), "headline"),
        ("about = ", "not TOML"),
    ],
)
def test_errors_teach(text: str, told: str) -> None:
    with pytest.raises((ConfigError, UnknownName)) as error:
        parse_suite("wrong", text)
    assert told in str(error.value)


def test_a_suite_may_be_a_file(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    assert load_suite(str(path)).name == "mine"
    with pytest.raises(ConfigError, match="cannot be read"):
        load_suite(str(tmp_path / "none.toml"))
