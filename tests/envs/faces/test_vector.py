"""What `gym.make_vec` gives, beside what Gymnasium's own vector of single envs gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.faces.vector import BatchedVectorEnv
from alignenv.errors import CallOrderError, ConfigError, UnknownName

TASK = "AlignEnv-DoorKey-5x5-v0"
N_ENVS = 4
MODES = list(AutoresetMode)


def assert_same(ours: Any, theirs: Any, path: str = "") -> None:
    """Equal values, shapes and dtypes, all the way down."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), path
        for key in theirs:
            assert_same(ours[key], theirs[key], f"{path}/{key}")
    elif isinstance(theirs, tuple | str):
        assert ours == theirs, path
    elif theirs.dtype == object:
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            assert (one is None) == (other is None), path
            if other is not None:
                assert_same(one, other, f"{path}/{index}")
    else:
        assert ours.dtype == theirs.dtype, path
        assert np.array_equal(ours, theirs), path


def compare(ours: Any, theirs: Any, n_steps: int) -> int:
    """Step both with the same actions; how many episodes ended."""
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    mode, n_ended = ours.metadata["autoreset_mode"], 0
    for one, other in zip(ours.reset(seed=5), theirs.reset(seed=5), strict=True):
        assert_same(one, other)
    ours.action_space.seed(0)
    for _ in range(n_steps):
        actions = ours.action_space.sample()
        outcome, expected = ours.step(actions), theirs.step(actions)
        for one, other in zip(outcome, expected, strict=True):
            assert_same(one, other)
        ended = outcome[2] | outcome[3]
        n_ended += int(ended.sum())
        if mode is AutoresetMode.DISABLED and ended.any():
            first = ours.reset(options={"reset_mask": ended})
            second = theirs.reset(options={"reset_mask": ended})
            for one, other in zip(first, second, strict=True):
                assert_same(one, other)
    return n_ended


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("reward", ["sparse", "human"])
def test_corridor_as_gymnasium_would(
    corridor: Callable[[int], Any], reward: str, mode: AutoresetMode
) -> None:
    options: dict[str, Any] = {"reward": reward, "state_info": True}
    ours = BatchedVectorEnv(N_ENVS, task=corridor(N_ENVS), autoreset_mode=mode, **options)
    makers = [lambda: SingleEnv(corridor(1), **options)] * N_ENVS
    assert compare(ours, SyncVectorEnv(makers, autoreset_mode=mode), 80) > 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("obs", ["symbolic", "image", "minigrid"])
def test_grid_as_gymnasium_would(obs: str, mode: AutoresetMode) -> None:
    ours = gym.make_vec(TASK, N_ENVS, obs=obs, autoreset_mode=mode)
    theirs = gym.make_vec(TASK, N_ENVS, "sync", vector_kwargs={"autoreset_mode": mode}, obs=obs)
    assert compare(ours, theirs, 600) > 4


def test_next_step_is_the_default_and_the_metadata_says_so() -> None:
    env = gym.make_vec(TASK, 2)
    assert isinstance(env.unwrapped, BatchedVectorEnv)
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert SingleEnv.metadata.keys() == {"render_modes", "render_fps"}


def test_seeds_may_come_as_a_list(corridor: Callable[[int], Any]) -> None:
    env = BatchedVectorEnv(3, task=corridor(3))
    first, _ = env.reset(seed=[4, 5, 6])
    second, _ = env.reset(seed=4)
    assert np.array_equal(first, second)
    with pytest.raises(ConfigError, match="2 seeds came for 3 envs"):
        env.reset(seed=[1, 2])


@pytest.mark.parametrize("mask", [[True, False], np.zeros(3, bool), np.ones(3, int)])
def test_a_wrong_mask_is_refused(corridor: Callable[[int], Any], mask: Any) -> None:
    env = BatchedVectorEnv(3, task=corridor(3))
    with pytest.raises(ConfigError, match="reset_mask"):
        env.reset(seed=0, options={"reset_mask": mask})


def test_without_autoreset_a_finished_env_must_be_reset(corridor: Callable[[int], Any]) -> None:
    env = BatchedVectorEnv(2, task=corridor(2), autoreset_mode="Disabled")
    env.reset(seed=0)
    while not env.step(np.array([1, 1]))[2].any():
        pass
    with pytest.raises(CallOrderError, match="reset_mask"):
        env.step(np.array([1, 1]))


def test_a_step_before_the_first_reset_is_refused(corridor: Callable[[int], Any]) -> None:
    for mode in MODES:
        env = BatchedVectorEnv(2, task=corridor(2), autoreset_mode=mode)
        with pytest.raises(CallOrderError, match="reset"):
            env.step(np.array([1, 1]))


def test_what_a_step_returns_is_the_callers_to_keep(corridor: Callable[[int], Any]) -> None:
    env = BatchedVectorEnv(2, task=corridor(2), reward="human", state_info=True)
    env.reset(seed=0)
    seen, rewards, terminated, truncated, infos = env.step(np.array([1, 1]))
    kept = [seen.copy(), rewards.copy(), terminated.copy(), truncated.copy()]
    parts = infos["reward_components"]["step"].copy()
    position = infos["state"]["position"].copy()
    for _ in range(3):
        env.step(np.array([0, 0]))
    assert all(map(np.array_equal, (seen, rewards, terminated, truncated), kept))
    assert np.array_equal(infos["reward_components"]["step"], parts)
    assert np.array_equal(infos["state"]["position"], position)


def test_pictures_of_every_env() -> None:
    env = gym.make_vec(TASK, 2, render_mode="rgb_array")
    env.reset(seed=0)
    pictures = env.render()
    assert len(pictures) == 2
    assert pictures[0].shape[2] == 3
    env.close()
    bare = gym.make_vec(TASK, 2)
    with pytest.raises(CallOrderError, match="render mode"):
        bare.render()


@pytest.mark.parametrize(
    ("options", "match"),
    [({"autoreset_mode": "SameSteep"}, "SameStep"), ({"render_mode": "human"}, "rgb_array")],
)
def test_unknown_modes_are_refused(options: dict[str, Any], match: str) -> None:
    with pytest.raises(UnknownName, match=match):
        gym.make_vec(TASK, 2, **options)
