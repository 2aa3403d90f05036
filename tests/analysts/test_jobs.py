"""Payments come from workers, once for each program, and whatever they say is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alignenv.benchmarks.analyst_jobs import Analysing, Paymaster, PayOrder
from alignenv.envs.make import EnvRef
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.sandbox import InlinePool
from alignenv.reward_design.study.memory import ResultMemory
from alignenv.testing.analysts import trial
from alignenv.types import Episode, Trial

REF = EnvRef(id="AlignEnv-Empty-5x5-v0")
FLOOD = "def reward(prev, action, state):\n    near = 0.5\n    return near, {'near': near}\n"
FAULTY = (
    "def reward(prev, action, state):\n    x = 1.0 / (state.path_to_goal - 3.0)\n    return x, {}\n"
)


def episode(label: str = "typical", *, success: bool = False) -> Episode:
    return Episode(
        label=label, seed=3, success=success, milestones=0.0, length=3, actions=(2, 2, 6), states=()
    )


def order(source: str, key: str = "g00c00/pay") -> PayOrder:
    return PayOrder(key, REF, source, (episode(),))


def test_a_program_is_paid_and_remembered() -> None:
    store = ResultMemory()
    with InlinePool() as pool:
        ((paid,),) = Paymaster(pool, store).pay([order(FLOOD)])
    assert [(p.component, p.total) for p in paid] == [("", 1.5), ("near", 1.5)]
    with InlinePool() as closed:
        closed.close()
        assert Paymaster(closed, store).pay([order(FLOOD)]) == [(paid,)]


@pytest.mark.parametrize("source", [FAULTY, "def reward(prev, action, state):\n    return x, {}\n"])
def test_a_program_without_a_value_is_paid_nothing(source: str) -> None:
    with InlinePool() as pool:
        assert Paymaster(pool, ResultMemory()).pay([order(source)]) == [((),)]


@pytest.mark.parametrize(
    "said", [{}, {"payments": []}, {"payments": 3}, {"payments": [[{"component": "x"}]]}]
)
def test_what_does_not_fit_is_dropped(said: dict[str, Any]) -> None:
    store = ResultMemory()
    store.record_result("g00c00/pay", said, {}, volatile={})
    with InlinePool() as pool:
        assert Paymaster(pool, store).pay([order(FLOOD)]) == [((),)]


def with_episodes(made: Trial, *episodes: Episode) -> Trial:
    assert made.evaluation is not None
    return replace(made, evaluation=replace(made.evaluation, episodes=episodes))


def test_a_generation_is_analysed_and_solved_programs_cost_nothing() -> None:
    store, card = ResultMemory(), REF.resolve().card
    trials = [
        with_episodes(trial(0, 0.1, source=FLOOD), episode(), episode("reference", success=True)),
        with_episodes(trial(1, 0.95, source=FLOOD), episode()),
    ]
    with InlinePool() as pool:
        analysing = Analysing(RulesAnalyst(), card, REF, Paymaster(pool, store))
        first, second = analysing.analysed(trials)
    assert list(store.kept) == ["g00c00/pay"]
    assert first.evaluation is not None
    assert [len(e.payments) for e in first.evaluation.episodes] == [2, 2]
    assert first.analysis is not None
    assert second.analysis is not None
    assert second.analysis.failures == ()
    blind = Analysing(RulesAnalyst(), card, REF, None).analysed(trials)
    assert list(store.kept) == ["g00c00/pay"]
    assert blind[0].evaluation == trials[0].evaluation
