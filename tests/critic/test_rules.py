"""The rules see what is wrong on a corridor of eight steps that a reader can follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from alignenv.critique import Case, Critic, Evidence, Floats, Judgement, Payments
from alignenv.reward_design.critic.graph import best_failing_walk
from alignenv.reward_design.critic.measures import contests, discounted, shaped, windows
from alignenv.reward_design.critic.panel import Panel
from alignenv.reward_design.critic.rules import (
    CLEAN,
    REFUSED,
    UNGUIDED,
    WRONG,
    RulesCritic,
    judge_case,
)
from alignenv.testing.critics import (
    FARMED,
    NEAR,
    SOUND,
    WAY,
    CriticContract,
    corridor,
    example_case,
    refused_case,
)

Parts = Callable[[Evidence], dict[str, Floats]]


class TestRules(CriticContract):
    def make_critic(self) -> Critic:
        return RulesCritic()


class TestPanelOfRules(CriticContract):
    def make_critic(self) -> Critic:
        return Panel()


def judged(parts: Parts, source: str = SOUND, kind: str = "reward") -> Judgement:
    """What the rules say of a program that pays these components on the corridor."""
    case = example_case()
    paid = parts(case.evidence)
    columns = np.column_stack(list(paid.values()))
    payments = Payments(total=columns.sum(axis=1), components=columns, names=tuple(paid), kind=kind)
    return judge_case(replace(case, source=source, payments=payments))


def codes(judgement: Judgement) -> dict[str, str]:
    return {f.code: f.severity for f in judgement.findings}


def gain(e: Evidence) -> Floats:
    return (e.before - e.after).astype(np.float64)


def goal(e: Evidence, pay: float = 2.0) -> Floats:
    return np.where(e.after == 0, pay, 0.0)


def level(e: Evidence) -> Floats:
    return 1.0 - e.after / (2.0 * WAY)


def test_a_sound_program_passes() -> None:
    judgement = judge_case(example_case(SOUND))
    assert not judgement.send_back
    assert judgement.findings == ()
    assert judgement.p_success == CLEAN


def test_what_can_be_farmed_is_sent_back_with_the_cycle() -> None:
    (finding,) = judge_case(example_case(FARMED)).findings
    assert finding.code == "farmable"
    assert "repeats actions" in finding.evidence
    assert "paid by approach" in finding.evidence
    assert judge_case(example_case(FARMED)).p_success == WRONG


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (lambda e: {"near": level(e), "goal": goal(e)}, "farmable"),
        (lambda e: {"approach": -gain(e), "goal": goal(e)}, "wrong-way"),
        (lambda e: {"approach": -gain(e), "goal": goal(e)}, "wrong-sign"),
        (lambda e: {"nothing": np.zeros(e.n_rows)}, "pays-nothing"),
        (lambda e: {"effort": np.where(e.action == NEAR, -1.0, 0.0), "goal": goal(e)},
         "idling-pays"),
    ],
)  # fmt: skip
def test_what_pays_failure_is_sent_back(parts: Parts, code: str) -> None:
    judgement = judged(parts)
    assert codes(judgement)[code] == "fault"
    assert judgement.send_back
    assert judgement.p_success <= WRONG


def test_a_goal_alone_is_doubted_and_not_sent_back() -> None:
    judgement = judged(lambda e: {"goal": goal(e)})
    assert codes(judgement) == {"unguided": "doubt"}
    assert not judgement.send_back
    assert judgement.p_success == UNGUIDED


def test_a_component_that_never_pays_is_named() -> None:
    source = SOUND.replace("return", "bonus = 1.0 if state.path_to_goal > 99 else 0.0\n    return")
    source = source.replace('"goal": goal}', '"goal": goal, "bonus": bonus}')
    parts = {"approach": 0.1, "bonus": 0.0}
    judgement = judged(
        lambda e: {**{name: c * gain(e) for name, c in parts.items()}, "goal": goal(e)}, source
    )
    finding, doubt = judgement.findings
    assert finding.code == "silent"
    assert "bonus is 0" in finding.evidence
    assert "path_to_goal" in finding.evidence
    assert doubt.code == "impossible-value"
    assert judgement.p_success > 0.5, "the program can still be learned from"


def test_what_nobody_did_is_not_held_against_a_component() -> None:
    """Nobody bumps on the corridor, so that a charge for it cannot be seen."""
    source = SOUND.replace("return", "bump = -1.0 if state.bumped else 0.0\n    return").replace(
        '"goal": goal}', '"goal": goal, "bump": bump}'
    )
    judgement = judged(
        lambda e: {"approach": 0.1 * gain(e), "goal": goal(e), "bump": np.zeros(e.n_rows)}, source
    )
    assert codes(judgement) == {"component-unseen": "unseen"}
    assert not judgement.send_back
    assert judgement.p_success == CLEAN


def test_a_cost_that_the_oracle_bears_is_no_wrong_sign() -> None:
    effort = lambda e: np.where(e.action == NEAR, -0.01, 0.0)  # noqa: E731
    judgement = judged(
        lambda e: {"approach": 0.1 * gain(e), "effort": effort(e), "goal": goal(e)},
    )
    assert not judgement.send_back


def test_a_field_that_may_be_missing_is_to_be_tested() -> None:
    case = example_case(SOUND)
    states = case.evidence.states.copy()
    case.card.state.view(states)["path_to_key"][0] = -1.0
    text = SOUND.replace("path_to_goal - ", "path_to_key - ")
    with_none = replace(case, source=text, evidence=replace(case.evidence, states=states))
    assert codes(judge_case(with_none)) == {"missing-unguarded": "doubt"}
    guarded = text.replace(
        "    goal", "    if state.path_to_key < 0:\n        approach = 0.0\n    goal", 1
    )
    assert codes(judge_case(replace(with_none, source=guarded))) == {}


def test_a_refused_program_says_why() -> None:
    judgement = judge_case(refused_case())
    assert judgement.findings[0].code == "R035"
    assert judgement.p_success == REFUSED


def without_success(case: Case) -> Case:
    failed = tuple(replace(r, success=False, terminated=False) for r in case.evidence.recordings)
    return replace(case, evidence=replace(case.evidence, recordings=failed))


def test_without_a_success_nothing_is_sent_back_and_it_says_so() -> None:
    for source in (SOUND, FARMED):
        judgement = judge_case(without_success(example_case(source)))
        assert not judgement.send_back
        assert codes(judgement) == {"success-unseen": "unseen"}
        assert judgement.p_success == 0.5


def test_the_best_failing_walk_is_the_cycle_that_pays() -> None:
    case = example_case(FARMED)
    evidence, paid = case.evidence, case.payments
    assert paid is not None
    walk = best_failing_walk(evidence, paid.total, evidence.recordings, 0.99)
    actions = [int(evidence.action[row]) for row in walk.cycle]
    assert sorted(actions) == [2, 3], "one step away and one back"
    assert paid.total[list(walk.cycle)].sum() == 1.0
    assert walk.value > 25.0, "half a point a step, for a hundred steps"


def test_a_walk_does_not_leave_what_was_recorded() -> None:
    """The oracle alone holds no failure: the only way ends in success."""
    evidence = corridor()
    oracle = evidence.recordings[:1]
    walk = best_failing_walk(evidence, -np.ones(evidence.n_rows), oracle, 0.99)
    assert walk.value == -np.inf
    assert contests(replace(evidence, recordings=oracle), np.ones(evidence.n_rows)) == []


def test_discounted_pay_includes_what_came_before_the_branch() -> None:
    evidence = corridor()
    ones = np.ones(evidence.n_rows)
    late = next(r for r in evidence.recordings if r.branch == 2)
    expected = sum(0.99**k for k in range(2 + late.n_steps))
    assert discounted(evidence, ones, evidence.recordings[0], late) == pytest.approx(expected)


def test_windows_leave_the_step_of_success_out() -> None:
    evidence = corridor()
    assert all(w.lead == 0.0 for w in windows(evidence, goal(evidence)))
    leads = windows(evidence, gain(evidence))
    assert [(w.step, w.n_steps) for w in leads] == [
        (0, 7), (1, 6), (2, 5), (3, 4), (4, 3),
    ]  # fmt: skip
    assert all(w.lead > 0 for w in leads)


def test_a_potential_is_paid_as_its_layer_pays_it() -> None:
    evidence = corridor()
    phi = -np.arange(2.0 * WAY + 1)
    paid = shaped(evidence, phi[evidence.before], phi[evidence.after])
    first, last = evidence.recordings[0].first, evidence.recordings[0].n_steps - 1
    assert paid.total[first] == pytest.approx(0.99 * -(WAY - 1.0) + WAY)
    assert paid.total[last] == pytest.approx(1.0 + 0.0 + 1.0), "the last potential counts 0"
    assert not judge_case(replace(example_case(), payments=paid)).send_back
    away = shaped(evidence, -phi[evidence.before], -phi[evidence.after])
    assert "wrong-way" in codes(judge_case(replace(example_case(), payments=away)))
