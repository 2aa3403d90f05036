"""Random and oracle references: what is stored, what is kept, and that seeds decide."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from alignenv.benchmarks import references
from alignenv.benchmarks.measured import read_results
from alignenv.benchmarks.references import (
    cells,
    main,
    oracle_actor,
    play,
    random_actor,
)
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError

TASK = "AlignEnv-Empty-5x5-v0"
FEW = ["--random-episodes", "40", "--oracle-episodes", "8"]


def run(folder: Path, *more: str) -> dict[str, Any]:
    main([TASK, *FEW, "--results", str(folder), *more])
    return read_results(folder, "grid").get(TASK, {})


def test_rows_hold_rates_intervals_and_lengths(tmp_path: Path) -> None:
    rows = run(tmp_path)
    assert rows["oracle"]["success"] == 1.0
    assert rows["oracle"]["mean_length"] == 2 + 1 + 2
    low, high = rows["oracle"]["interval"]
    assert low < 1.0 == high
    assert 0.0 < rows["random"]["success"] < 1.0
    low, high = rows["random"]["interval"]
    assert low < rows["random"]["success"] < high
    assert 5 < rows["random"]["mean_length"] <= 100
    assert rows["random"]["settings"] == {"episodes": 40, "horizon": 100, "seed": 0}


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    run(tmp_path / "first")
    run(tmp_path / "second")
    run(tmp_path / "third", "--seed", "1")
    first, second, third = (
        (tmp_path / name / "grid.json").read_bytes() for name in ("first", "second", "third")
    )
    assert first == second
    assert first != third


def test_rows_with_the_same_settings_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "--plan")
    assert capsys.readouterr().err.split() == [
        "missing:",
        TASK,
        "random",
        "missing:",
        TASK,
        "oracle",
    ]
    assert not (tmp_path / "grid.json").exists()
    rows = run(tmp_path)
    measured = []
    monkeypatch.setattr(references, "measure", lambda cell: measured.append(cell.player) or {})
    assert run(tmp_path) == rows
    assert measured == []
    main([TASK, *FEW, "--oracle-episodes", "9", "--results", str(tmp_path), "--plan"])
    assert capsys.readouterr().err.split()[-3:] == ["missing:", TASK, "oracle"]


def test_every_finished_row_is_on_disk_when_the_next_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_measure = references.measure

    def fail_on_oracle(cell: references.Cell) -> dict[str, Any]:
        if cell.player == "oracle":
            raise KeyboardInterrupt
        return true_measure(cell)

    monkeypatch.setattr(references, "measure", fail_on_oracle)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert set(json.loads((tmp_path / "grid.json").read_text())[TASK]) == {"random"}


def test_a_task_without_an_oracle_has_no_such_row(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = replace(references.find_task(TASK), oracle=None)
    monkeypatch.setattr(references, "find_task", lambda task_id: bare)
    assert [cell.player for cell in cells([TASK], references.EPISODES, 0)] == ["random"]
    env = make_batch(EnvRef(id=TASK), 1)
    env.task = bare
    with pytest.raises(ConfigError, match="oracle"):
        oracle_actor(env)


def test_hidden_performance_is_that_of_the_last_state() -> None:
    env = make_batch(EnvRef(id=TASK), 3)
    env.task = replace(env.task, performance=lambda state, truth: state["agent_pos"][..., 0])
    outcome = play(env, oracle_actor(env), [1, 2, 3])
    assert outcome.performance is not None
    assert outcome.performance.tolist() == [3.0, 3.0, 3.0]
    assert references.summarise([outcome])["performance"] == 3.0


def test_random_actions_cover_the_space() -> None:
    env = make_batch(EnvRef(id=TASK), 500)
    rng = np.random.default_rng(0)
    assert set(random_actor(env, rng)().tolist()) == set(range(7))
    env.action_space = spaces.Box(np.array([-1, 2], np.float32), np.array([1, 3], np.float32))
    drawn = random_actor(env, rng)()
    assert drawn.shape == (500, 2)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn.min(axis=0), [-1, 2], atol=0.05)
    np.testing.assert_allclose(drawn.max(axis=0), [1, 3], atol=0.05)
    env.action_space = spaces.Box(-np.inf, np.inf, (1,))
    with pytest.raises(ConfigError, match="bounded"):
        random_actor(env, rng)
