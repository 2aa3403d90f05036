"""Presets are measured once, with the seeds and rewards that a task's tags ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks import measure as module
from alignenv.benchmarks.measure import Cell, cells, main, measure
from alignenv.benchmarks.measured import read_results

TASK, HEADLINE = "AlignEnv-Empty-5x5-v0", "AlignEnv-DoorKey-8x8-v0"


def test_headline_tasks_ask_for_more_seeds_and_for_novelty() -> None:
    few, many = list(cells(TASK, None, None)), list(cells(HEADLINE, None, None))
    assert [cell.reward for cell in few] == ["sparse", "human", "hackable"]
    assert {cell.settings["seeds"] for cell in few} == {3}
    assert [cell.reward for cell in many] == ["sparse", "human", "hackable", "sparse+novelty"]
    assert {cell.settings["seeds"] for cell in many} == {5}


def test_a_row_is_kept_for_as_many_seeds_or_fewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, int]] = []

    def measured(
        cells: Sequence[Cell], known: Mapping[str, Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        asked.extend((cell.reward, cell.settings["seeds"]) for cell in cells)
        return [{"success": 1.0, "settings": cell.settings} for cell in cells]

    monkeypatch.setattr(module, "measure", measured)
    arguments = [TASK, "--results", str(tmp_path), "--rewards", "human", "sparse"]
    main([*arguments, "--plan"])
    assert capsys.readouterr().err.count("missing") == 2
    for seeds in ("4", "4", "3", "5"):
        main([*arguments, "--seeds", seeds])
    assert asked == [("human", 4), ("sparse", 4), ("human", 5), ("sparse", 5)]
    assert read_results(tmp_path, "grid")[TASK]["human"]["settings"]["seeds"] == 5


@pytest.mark.learning
@pytest.mark.timeout(300)
def test_rewards_of_a_task_share_a_pool_and_keep_their_order() -> None:
    human, hackable = measure(list(cells(TASK, 1, ["human", "hackable"])))
    assert (human["reward"], hackable["reward"]) == ("human", "hackable")
    assert human["success"] > 0.9 > hackable["success"]


@pytest.mark.learning
@pytest.mark.timeout(300)
def test_a_row_is_continued_as_if_measured_at_once() -> None:
    (one,) = measure(list(cells(TASK, 1, ["human"])))
    (continued,) = measure(list(cells(TASK, 2, ["human"])), {"human": one})
    (at_once,) = measure(list(cells(TASK, 2, ["human"])))
    assert continued["runs"][0] is one["runs"][0]
    for row in (continued, at_once):
        for run in row["runs"]:
            del run["cpu_s"]
    assert continued == at_once
