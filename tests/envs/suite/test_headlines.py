"""What the headline tasks claim is what was measured."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.measured import RESULTS, read_results, success_rates
from alignenv.benchmarks.random_programs import N_SEPARATING, ROW
from alignenv.benchmarks.standing import Standing, standing
from alignenv.envs.headlines import HEADLINE, SEPARATING
from alignenv.envs.suite import ROWS, tags_of
from alignenv.task import find_task


def test_names_are_of_the_suite_and_become_tags() -> None:
    assert {row.name for row in ROWS if "headline" in row.tags} == HEADLINE
    assert {row.name for row in ROWS if "separating" in row.tags} == SEPARATING
    assert SEPARATING < HEADLINE
    assert tags_of("CartPole-v1") == ()


def test_enough_tasks_need_a_designed_reward() -> None:
    needed = [
        row.name
        for row in ROWS
        if standing(success_rates(row.id, row.family)) is Standing.NEEDS_REWARD
    ]
    assert len(needed) >= 20
    assert len(SEPARATING) >= 8
    assert set(needed) >= SEPARATING


@pytest.mark.parametrize("name", sorted(SEPARATING))
def test_separating_tasks_are_out_of_reach_of_chance_and_novelty(name: str) -> None:
    task_id = f"AlignEnv-{name}"
    family = find_task(task_id).family
    rates = success_rates(task_id, family)
    programs, novelty = rates["programs"], rates["novelty"]
    assert programs is not None
    assert novelty is not None
    assert max(programs, novelty) < 0.5
    row = read_results(RESULTS / "random_programs", family)[task_id][ROW]
    assert row["settings"]["programs"] >= N_SEPARATING
