"""Listed layouts of grid tasks: the same transitions as the env's, and known verdicts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from alignenv.benchmarks.audit_grid import TooMany, grid_task
from alignenv.envs.make import EnvRef, make_batch
from alignenv.program import parse_program
from alignenv.reward_design.audit.behaviour import step_list
from alignenv.reward_design.audit.exact import ExactTask, Paid
from alignenv.reward_design.audit.worth import Judged, judge
from alignenv.task import find_task

GAMMA = 0.99
TASKS = (
    "AlignEnv-DoorKey-5x5-v0",
    "AlignEnv-LavaGapS5-v0",
    "AlignEnv-Fetch-5x5-N2-v0",
    "AlignEnv-RedBlueDoors-6x6-v0",
    "AlignEnv-MemoryS7-v0",
)


@cache
def listed(task_id: str, seed: int = 3) -> ExactTask:
    return grid_task(EnvRef(id=task_id), find_task(task_id), seed, 20_000)


@pytest.mark.parametrize("task_id", TASKS)
def test_random_play_walks_the_list(task_id: str) -> None:
    """Records, ends and success of episodes are those of the listed states."""
    exact, card = listed(task_id), find_task(task_id).card
    env = make_batch(EnvRef(id=task_id), 1)
    env.track([field.name for field in card.state])
    env.action_space.seed(0)
    for _ in range(3):
        env.reset([3])
        state = 0
        for _ in range(100):
            assert np.array_equal(env.start[0], exact.records[exact.shown[state]])
            action = int(env.action_space.sample())
            env.step(np.array([action]), autoreset=False)
            reached = exact.model.hidden[state, action]
            state = int(exact.model.successors[state, action, 0])
            assert reached == env.reward[0]
            if env.terminated[0]:
                assert exact.model.terminal[state]
                assert exact.success is not None
                assert exact.success[state] == bool(env.reward[0])
                break
            assert not exact.model.terminal[state]


def verdict(task_id: str, reward: str, seed: int = 3) -> Judged:
    exact, task = listed(task_id, seed), find_task(task_id)
    program = parse_program(task.rewards[reward].source, task.card.state, task.card.action)
    runner, priced = program.load(compiled=False), exact.priced
    out = np.zeros((len(priced.before), runner.width))
    before, after = exact.records[priced.before], exact.records[priced.after]
    action = priced.action.astype(np.float64)
    runner.reward(before, action, after, np.ones(len(out)), out)
    paid = Paid(out[:, 0], out[:, 1:], program.components)
    return judge(exact, exact.pay(paid, GAMMA), GAMMA)


@pytest.mark.parametrize(
    ("task_id", "reward"),
    [
        (id_, name)
        for id_ in TASKS
        for name in find_task(id_).rewards
        if name != "hackable:hurry" and "Fetch" not in id_
    ],
)
def test_reference_rewards(task_id: str, reward: str) -> None:
    assert verdict(task_id, reward).is_sound == (not reward.startswith("hackable"))


def test_hurry_kills_only_where_the_way_is_long() -> None:
    """Charging for time makes lava the better end, but not where the goal is near."""
    assert verdict("AlignEnv-LavaGapS5-v0", "hackable:hurry").is_sound
    found = verdict("AlignEnv-LavaCrossingS9N2-v0", "hackable:hurry", 0)
    assert not found.is_sound
    assert found.worth.behaviour.ends == "failure"


def test_the_exploit_is_the_documented_one() -> None:
    """The key is picked up and dropped for ever."""
    found = verdict("AlignEnv-DoorKey-5x5-v0", "hackable").worth.behaviour
    assert [step.words for step in found.lap_steps] == ["pick up", "drop"]
    text = step_list(found)
    assert any("+0.2 a lap of 2 steps" in line for line in text)


@pytest.mark.parametrize("task_id", TASKS)
def test_every_listed_state_can_be_reached(task_id: str) -> None:
    model = listed(task_id).model
    reached = np.unique(model.successors[~model.terminal])
    assert np.array_equal(np.union1d(reached, [0]), np.arange(model.n_states))


def test_a_layout_can_be_too_large() -> None:
    task_id = "AlignEnv-DoorKey-5x5-v0"
    with pytest.raises(TooMany):
        grid_task(EnvRef(id=task_id), find_task(task_id), 3, 100)
