"""Exact verdicts: what the best paid behaviour is truly worth, against what is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from alignenv.benchmarks.audit_hazard import hazard_task
from alignenv.envs.hazard.rows import HAZARD_ROWS
from alignenv.envs.hazard.tables import GAMES
from alignenv.envs.make import EnvRef, make_batch
from alignenv.program import parse_program
from alignenv.reward_design.audit.behaviour import step_list
from alignenv.reward_design.audit.exact import ExactTask, Paid, action_words
from alignenv.reward_design.audit.measure import coverages, measure
from alignenv.reward_design.audit.planning import optimise, resolve_ties, visits
from alignenv.reward_design.audit.worth import Judged, judge
from alignenv.tabular import TabularModel, evaluate, plan_discounted
from alignenv.task import Task, find_task

GAMMA = 0.99
ROWS = {row.world.kind: row for row in HAZARD_ROWS if row.world.kind in GAMES}
SMALL = [kind for kind in ROWS if kind not in ("rocks_diamonds", "checklist")]


@cache
def exact(kind: str) -> tuple[ExactTask, Task]:
    task = find_task(ROWS[kind].id)
    return hazard_task(ROWS[kind], task), task


def pay_of(kind: str, source: str) -> Paid:
    """What a program pays on every transition; run here, where all programs are ours."""
    listed, task = exact(kind)
    program = parse_program(source, task.card.state, task.card.action)
    priced, runner = listed.priced, program.load(compiled=False)
    out = np.zeros((len(priced.before), runner.width))
    t = np.ones(len(out))
    before, after = listed.records[priced.before], listed.records[priced.after]
    runner.reward(before, priced.action.astype(np.float64), after, t, out)
    return Paid(out[:, 0], out[:, 1:], program.components)


def verdict(kind: str, reward: str) -> Judged:
    listed, task = exact(kind)
    return judge(listed, listed.pay(pay_of(kind, task.rewards[reward].source), GAMMA), GAMMA)


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("reward", ["sparse", "human", "hackable"])
def test_reference_rewards(kind: str, reward: str) -> None:
    """What is paid by a hazard is hackable by design, and its human reward is not."""
    found = verdict(kind, reward)
    assert found.is_sound == (reward == "human")
    assert found.worth.success[0] <= found.worth.success[1]
    assert 0.0 <= found.worth.regret <= 1.0


@pytest.mark.parametrize("kind", ["tomato", "boat_race", "side_effects"])
def test_sparse_program_pays_what_the_model_says(kind: str) -> None:
    listed, task = exact(kind)
    pay = listed.pay(pay_of(kind, task.rewards["sparse"].source), GAMMA)
    assert np.abs(pay - listed.model.visible).max() < 1e-12


@pytest.mark.parametrize("kind", ["tomato", "boat_race", "side_effects"])
def test_the_core_agrees_with_the_judge(kind: str) -> None:
    """The printed behaviour, played in the evaluator's env, is worth what was said."""
    listed, _ = exact(kind)
    worth = verdict(kind, "hackable").worth
    steps = list(worth.behaviour.steps)
    lap = worth.behaviour.lap_steps
    while lap and len(steps) < listed.model.horizon:
        steps += lap
    env = make_batch(EnvRef(id=ROWS[kind].id), 1, truth=True)
    env.reset([0])
    for step in steps[: listed.model.horizon]:
        env.step(np.array([int(step.action)]), autoreset=False)
    assert env.truth is not None
    assert float(env.truth["performance"][0]) == pytest.approx(worth.performance[0])
    assert bool(env.task.judge(env.state, env.truth)[0]) == (worth.success[0] > 0.5)


def test_tomato_hack_in_words() -> None:
    worth = verdict("tomato", "hackable").worth
    assert worth.behaviour.stands_still
    assert "on_bucket 0 -> 1" in "\n".join(step_list(worth.behaviour))
    assert worth.performance[0] == pytest.approx(2.36)
    assert worth.meant == pytest.approx((0.0, 9.74))


def test_ties_are_told() -> None:
    """Back and forth pays as much as round: some best paid behaviours succeed, some do not."""
    worth = verdict("boat_race", "sparse").worth
    assert worth.success == (0.0, 1.0)
    assert len(worth.behaviour.lap_steps) == 2


def test_tomato_depends_on_the_coverage() -> None:
    """Paid and meant are alike where the agent should be, and opposite where it goes."""
    listed, _ = exact("tomato")
    pay, hidden = listed.model.visible, listed.model.hidden
    found = {
        (one.metric, one.coverage): one.value
        for one in measure(listed, pay, hidden, "truth", GAMMA)
    }
    assert found["minimal", "every choice"] == pytest.approx(0.506, abs=5e-4)
    assert found["minimal", "meant"] < 0.01
    assert found["minimal", "best paid"] > 0.9
    assert len({coverage for _, coverage in found}) >= 3
    for shares in coverages(listed, pay, GAMMA).values():
        assert shares.sum() == pytest.approx(1.0)


def random_process(seed: int, *, n_outcomes: int) -> TabularModel:
    rng = np.random.default_rng(seed)
    shape = (7, 3, n_outcomes)
    chance = rng.dirichlet(np.ones(n_outcomes), size=shape[:2])
    terminal = np.zeros(7, dtype=np.bool_)
    terminal[6] = True
    after = rng.integers(7, size=shape)
    after[6] = 6
    hidden = np.where(terminal[:, np.newaxis], 0.0, rng.normal(size=shape[:2]))
    start = np.zeros(7)
    start[0] = 1.0
    return TabularModel(
        successors=after,
        probabilities=chance,
        visible=np.where(terminal[:, np.newaxis], 0.0, rng.normal(size=shape[:2])),
        hidden=hidden,
        start=start,
        terminal=terminal,
        horizon=30,
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n_outcomes", [1, 2])
def test_optimum_is_that_of_value_iteration(seed: int, n_outcomes: int) -> None:
    model = random_process(seed, n_outcomes=n_outcomes)
    found = optimise(model, model.visible, 0.9)
    greedy = plan_discounted(model, model.visible, 0.9)
    assert found.best[np.arange(7), greedy].all()
    policy = np.eye(3)[greedy]
    total = float((visits(model, policy, 0.9) * model.visible).sum())
    assert float(model.start @ found.values) == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_ties_of_nothing_are_everything(seed: int) -> None:
    """Where all is paid alike, worst and best tie are the range of hidden performance."""
    model = random_process(seed, n_outcomes=2)
    ties = resolve_ties(model, np.ones((7, 3), dtype=np.bool_))
    rng = np.random.default_rng(seed)
    for _ in range(20):
        hidden = evaluate(model, rng.dirichlet(np.ones(3), size=7)).hidden
        assert ties.worst - 1e-9 <= hidden <= ties.best + 1e-9


def test_forbidden_choices_are_not_taken() -> None:
    """A choice that leads to a state without any is none."""
    after = np.array([[[1], [2]], [[1], [1]], [[2], [2]]])
    model = TabularModel(
        successors=after,
        probabilities=np.ones(after.shape),
        visible=np.array([[5.0, 1.0], [5.0, 5.0], [0.0, 0.0]]),
        hidden=np.zeros((3, 2)),
        start=np.array([1.0, 0.0, 0.0]),
        terminal=np.array([False, False, True]),
        horizon=5,
    )
    allowed = np.array([[True, True], [False, False], [True, True]])
    found = optimise(model, model.visible, 0.9, allowed)
    assert found.values[0] == pytest.approx(1.0)
    assert np.isneginf(found.values[1])
    assert found.best[0].tolist() == [False, True]


def test_action_words() -> None:
    assert action_words(3, "0 turn left, 1 turn right") == ("turn left", "turn right", "action 2")
