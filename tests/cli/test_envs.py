"""`alignenv envs`: the suite for people and for scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from alignenv.cli.main import app
from alignenv.envs.suite import SUITE
from alignenv.task import find_task

TASK = "AlignEnv-DoorKey-8x8-v0"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["envs", *arguments], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(run("list", "--json"))}


def test_list_has_what_was_measured(rows: dict[str, dict[str, Any]]) -> None:
    assert set(rows) == set(SUITE.ids())
    for row in rows.values():
        for name in ("random", "oracle", "sparse", "human", "hackable"):
            assert row[name] is None or 0 <= row[name] <= 1
    assert rows[TASK]["human"] > 0.9 > rows[TASK]["sparse"]
    assert rows[TASK]["tags"] == ["standard", "headline"]


def test_list_for_people(rows: dict[str, dict[str, Any]]) -> None:
    line = next(line for line in run("list").splitlines() if TASK in line)
    assert f"{rows[TASK]['human']:.0%}" in line


def test_show_as_a_document() -> None:
    found, task = json.loads(run("show", TASK, "--json")), find_task(TASK)
    assert found["goal"] == task.card.goal
    assert [field["name"] for field in found["state"]] == list(task.card.state.offsets)
    assert {reward["name"] for reward in found["rewards"]} == set(task.rewards)
    assert found["action_space"] == "Discrete(7)"
    assert found["origin"] == "MiniGrid-DoorKey-8x8-v0"
    assert found["success"]["human"] > 0.9


def test_show_as_text() -> None:
    source = run("show", TASK, "--markdown")
    assert source.startswith("# DoorKey-8x8-v0\n")
    assert "## Version History" in source
    assert "](observations.md)" not in source
    shown = run("show", TASK)
    assert "Version History" in shown
    assert "## " not in shown


def test_show_of_an_unknown_env_names_the_nearest() -> None:
    result = CliRunner().invoke(app, ["envs", "show", "AlignEnv-DorKey-8x8-v0"])
    assert result.exit_code != 0
    assert TASK in str(result.exception)
