"""What holds for every environment id of the suite, whatever its family."""

from __future__ import annotations

import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_for_sb3

from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.row import Row
from alignenv.envs.suite import ROWS
from alignenv.program import parse_program
from alignenv.task import find_task

pytestmark = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
N_ENVS, N_STEPS = 3, 60


def sampled(space: gym.Space[Any], n: int) -> list[Any]:
    space.seed(0)
    return [space.sample() for _ in range(n)]


def assert_equal(first: Any, second: Any) -> None:
    if isinstance(first, dict):
        assert first.keys() == second.keys()
        for key in first:
            np.testing.assert_array_equal(first[key], second[key])
    else:
        np.testing.assert_array_equal(first, second)


def at(observations: Any, index: int) -> Any:
    if isinstance(observations, dict):
        return {key: part[index] for key, part in observations.items()}
    return observations[index]


@pytest.mark.filterwarnings("ignore:.*A Box observation space m:UserWarning")
@pytest.mark.filterwarnings("ignore:We recommend you to use a symmetric:UserWarning")
@pytest.mark.filterwarnings("ignore:.*For Box action spaces, we recommend:UserWarning")
def test_checkers_pass(row: Row) -> None:
    env = gym.make(row.id)
    check_env(env.unwrapped, skip_render_check=True)
    check_for_sb3(env, skip_render_check=True)
    env.close()


def test_faces_play_the_same_transitions(row: Row) -> None:
    singles = [gym.make(row.id) for _ in range(N_ENVS)]
    vector = gym.make_vec(row.id, num_envs=N_ENVS, autoreset_mode="SameStep")
    native = make_sb3(EnvRef(id=row.id), N_ENVS, seed=7)
    before = [env.reset(seed=7 + i)[0] for i, env in enumerate(singles)]
    for seen in (vector.reset(seed=7)[0], native.reset()):
        for i in range(N_ENVS):
            assert_equal(at(seen, i), before[i])
    draws = sampled(vector.action_space, N_STEPS)
    for actions in draws:
        seen, rewards, terminated, truncated, _ = vector.step(actions)
        seen_sb3, rewards_sb3, dones, _ = native.step(actions)
        for i, env in enumerate(singles):
            after, reward, *ends, _ = env.step(actions[i])
            assert (reward, *ends) == (rewards[i], terminated[i], truncated[i])
            assert np.float32(reward) == rewards_sb3[i]
            assert dones[i] == any(ends)
            after = env.reset()[0] if any(ends) else after
            assert_equal(after, at(seen, i))
            assert_equal(after, at(seen_sb3, i))
    for env in (*singles, vector, native):
        env.close()


def test_a_pickled_env_goes_on_equally(row: Row) -> None:
    env = gym.make(row.id)
    env.reset(seed=3)
    actions = sampled(env.action_space, 24)
    for action in actions[:6]:
        if any(env.step(action)[2:4]):
            env.reset()
    twin = pickle.loads(pickle.dumps(env))
    for action in actions[6:]:
        one, other = env.step(action), twin.step(action)
        assert_equal(one[0], other[0])
        assert one[1:4] == other[1:4]
        if one[2] or one[3]:
            assert_equal(env.reset()[0], twin.reset()[0])
    env.close()
    twin.close()


def test_equal_seeds_give_equal_layouts_and_keys_tell_them_apart(row: Row) -> None:
    batch, twin = (make_batch(EnvRef(id=row.id), 4) for _ in range(2))
    batch.reset([1, 2, 3, 1])
    twin.reset([1, 2, 3, 1])
    keys = batch.layout_keys()
    assert keys == twin.layout_keys()
    assert keys[0] == keys[3]
    for core in (batch, twin):
        core.close()


def test_card_and_references_are_complete(row: Row) -> None:
    task = find_task(row.id)
    assert (task.id, task.family, task.card.horizon) == (row.id, row.family, row.horizon)
    assert task.oracle is not None or "xl" in row.tags
    kinds = {reward.kind for reward in task.rewards.values()}
    assert {"sparse", "human", "hackable"} <= kinds
    for name, reward in task.rewards.items():
        parse_program(reward.source, task.card.state, task.card.action)
        assert reward.note, name
    texts = (task.card.goal, task.card.observes, task.card.termination, task.card.action.meaning)
    assert all(len(text) > 20 for text in texts)
    assert all(field.meaning for field in task.card.state)
    assert all(parameter.meaning for parameter in task.context)


def test_hidden_facts_stay_hidden(row: Row) -> None:
    task = find_task(row.id)
    batch = make_batch(EnvRef(id=row.id), 1)
    batch.reset([0])
    assert batch.truth is None
    batch.close()
    if task.has_truth:
        judge = make_batch(EnvRef(id=row.id), 1, truth=True)
        judge.reset([0])
        assert judge.truth is not None
        assert not set(judge.truth.dtype.names or ()) & set(task.card.state.offsets)
        judge.close()
