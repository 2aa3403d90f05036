"""Oracles, judges and reference rewards of the control tasks."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.row import Row
from alignenv.program import parse_program
from alignenv.task import find_task
from alignenv.testing.envs import check_ranges

OWN = [pytest.param(row, id=row.name) for row in CONTROL_ROWS if "xl" not in row.tags]
BY_ID = [pytest.param(row, id=row.name) for row in CONTROL_ROWS]
N_LAYOUTS = 100


@pytest.mark.parametrize("row", OWN)
def test_the_oracle_solves_fresh_layouts(row: Row) -> None:
    batch = make_batch(EnvRef(id=row.id), N_LAYOUTS)
    batch.reset(list(range(5000, 5000 + N_LAYOUTS)))
    oracle = batch.task.oracle(batch)
    oracle.reset(np.ones(N_LAYOUTS, dtype=bool))
    alive, solved = np.ones(N_LAYOUTS, dtype=bool), np.zeros(N_LAYOUTS, dtype=bool)
    for _ in range(row.horizon):
        batch.step(oracle.act(), autoreset=False)
        check_ranges(batch.task, batch.state[alive])
        solved |= alive & (batch.reward > 0)
        alive &= ~(batch.terminated | batch.truncated)
        if not alive.any():
            break
    assert solved.mean() >= 0.95


@pytest.mark.parametrize("row", OWN)
def test_random_play_hardly_ever_succeeds(row: Row) -> None:
    env = make_batch(EnvRef(id=row.id), 32)
    env.reset(list(range(32)))
    stream, ended, solved = np.random.default_rng(0), 0, 0
    while ended < 64:
        env.step(stream.uniform(-1, 1, (32, *env.action_space.shape)), autoreset=True)
        ended += int((env.terminated | env.truncated).sum())
        solved += int(env.reward.sum())
    assert solved <= 0.05 * ended


@pytest.mark.parametrize("row", BY_ID)
def test_cards_and_rewards_are_complete(row: Row) -> None:
    task = find_task(row.id)
    card = task.card
    for text in (card.goal, card.observes, card.termination, card.action.meaning, task.about):
        assert len(text) > 20
    assert all(field.meaning for field in card.state)
    assert {"sparse", "human", "hackable"} <= set(task.rewards)
    for name, reward in task.rewards.items():
        program = parse_program(reward.source, card.state, card.action)
        assert program.components
        assert reward.kind == name.partition(":")[0]
        assert ("Exploit: " in reward.note) == (reward.kind == "hackable")


@pytest.mark.parametrize("row", BY_ID)
def test_sparse_programs_pay_what_the_task_pays(row: Row) -> None:
    """Under the oracle, where there is one, so that there is success to be paid."""
    task = find_task(row.id)
    program = parse_program(task.reward("sparse").source, task.card.state, task.card.action)
    batch = make_batch(EnvRef(id=row.id), 8)
    batch.reset(list(range(8)))
    runner, out = program.load(compiled=False), np.zeros((8, 1 + len(program.components)))
    oracle = task.oracle(batch) if task.oracle else None
    for _ in range(20 if "xl" in row.tags else 200):
        actions = oracle.act() if oracle else np.zeros((8, *batch.action_space.shape))
        before = batch.start.copy()
        batch.step(actions, autoreset=True)
        runner.reward(before, actions.astype(float), batch.state, np.zeros(8), out)
        np.testing.assert_array_equal(out[:, 0], batch.reward)


@pytest.mark.parametrize("row", OWN)
def test_human_rewards_cannot_be_farmed(row: Row) -> None:
    """Random play without success earns less than success does."""
    task = find_task(row.id)
    env = make_sb3(EnvRef(id=row.id), 32, seed=0)
    env.use_program(parse_program(task.reward("human").source, task.card.state, task.card.action))
    env.reset()
    stream, best = np.random.default_rng(0), -np.inf
    for _ in range(row.horizon):
        *_, infos = env.step(stream.uniform(-1, 1, (32, *env.action_space.shape)))
        earned = [info["episode"]["r"] for info in infos if info and not info["success"]]
        best = max([best, *earned])
    assert -np.inf < best < 3.0
