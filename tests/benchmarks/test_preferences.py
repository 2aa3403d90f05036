"""Learning from preferences from scratch, and the table that compares it with searches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alignenv.agents.evaluation import Rollout
from alignenv.benchmarks import preferences_table as made
from alignenv.benchmarks.measured import read_rows
from alignenv.benchmarks.preference_learning import Learned, Rater, learn, true_success
from alignenv.benchmarks.workers import preset_of
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError


def rollout(success: list[bool], progress: list[float], hidden: list[float] | None) -> Rollout:
    return Rollout(
        success=np.array(success),
        milestones=np.array(progress),
        lengths=np.full(len(success), 3),
        actions=[],
        states=[],
        performance=None if hidden is None else np.array(hidden),
    )


def test_rater_goes_by_success_then_progress_then_hidden_performance_and_counts() -> None:
    rater = Rater()
    rater.watch(rollout([True, False, False, False], [1.0, 0.5, 0.5, 0.2], None))
    rater.watch(rollout([False, False], [0.5, 0.5], [1.0, 2.0]))
    answers = [rater.compare(a, b) for a, b in ((0, 1), (3, 2), (1, 2), (4, 5))]
    assert [answer.label for answer in answers] == [1.0, 0.0, 0.5, 0.0]
    assert answers[1][:2] == (3, 2)
    assert (rater.queries, rater.ties) == (4, 1)


def tiny(seed: int) -> tuple[EnvRef, Any, Learned]:
    ref = EnvRef(id="AlignEnv-Empty-5x5-v0")
    _, preset = preset_of(ref, {"n_envs": 4, "n_steps": 32, "batch_size": 64})
    ref = replace(ref, obs=preset.obs)
    return ref, preset, learn(ref, preset, seed=seed, env_steps=5000, queries=7, rounds=2)


def test_the_loop_asks_and_spends_what_it_was_given_and_is_repeatable() -> None:
    ref, preset, first = tiny(0)
    _, _, again = tiny(0)
    assert first.queries == 7
    assert 0 <= first.ties <= 7
    assert 5000 - preset.rollout < first.env_steps <= 5000
    for name, value in first.arrays.items():
        np.testing.assert_array_equal(value, again.arrays[name])
    rate = true_success(ref, preset, first.arrays, seeds=range(20), action_seed=0)
    assert rate == true_success(ref, preset, again.arrays, seeds=range(20), action_seed=0)


def test_algorithms_with_a_replay_buffer_are_refused() -> None:
    ref = EnvRef(id="AlignEnv-Empty-5x5-v0")
    _, preset = preset_of(ref, {"algorithm": "DQN"})
    with pytest.raises(ConfigError, match="replay buffer"):
        learn(ref, preset, seed=0, env_steps=1000, queries=2)


def test_both_searches_train_alike_and_only_one_is_asked_for_questions() -> None:
    task = next(iter(made.TASKS))
    asked, told = (made.settings_of(task, 0, arm) for arm in (made.ICPL, made.EUREKA))
    assert (asked.designer, told.designer) == ("icpl", "eureka")
    assert asked.protocol == told.protocol
    assert not asked.protocol.has_segments, "a race would tell ICPL of success"
    assert made.QUERIES == 13


def row(task: str, arm: str, seed: int, success: float, **more: Any) -> dict[str, Any]:
    told = {"runs": [success, success], "queries": 13, "env_steps": 1000}
    return {"task": task, "arm": arm, "seed": seed, **told, **more}


def test_leads_are_paired_by_seed() -> None:
    rows = [row(task, made.ICPL, seed, 0.8) for task in made.TASKS for seed in range(3)]
    few = {"own": 0.4, "ties": 2}
    rows += [row(t, made.FEW_BT, seed, 0.6, **few) for t in made.TASKS for seed in range(2)]
    text = made.table(rows)
    assert f"| {made.FEW_BT} | +0.20 | +0.20 to +0.20 |" in text
    assert f"| {made.FEW_BT}{made.OWN} | +0.40 | +0.40 to +0.40 |" in text
    assert text.endswith(f"`{made.FEW_BT}{made.OWN}`, and behind no other row.\n")
    assert made.EUREKA not in text
    assert "| 13 | 2 | 1,000 |" in text, "its own agent took the steps of the loop alone"
    assert "No row reaches" not in text
    assert made.table([]) == "Nothing was measured yet.\n"


def test_a_task_on_which_nothing_succeeds_is_named() -> None:
    first, *others = made.TASKS
    text = made.table([row(task, made.ICPL, 0, float(task in others)) for task in made.TASKS])
    assert f"No row reaches 0.05 on {first}:" in text


def test_the_page_says_what_is_kept() -> None:
    page = made.PAGE.read_text(encoding="utf-8")
    assert made.with_table(page, read_rows(made.RESULT)) == page
