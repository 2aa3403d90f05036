"""The Stable-Baselines3 face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from alignenv.envs.faces.sb3 import BatchedVecEnv
from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.make import EnvRef, make_sb3
from alignenv.errors import CallOrderError, ConfigError, UnknownName, ValueFault
from alignenv.program import parse_program

TASK = "AlignEnv-DoorKey-5x5-v0"
N_ENVS = 3

FAULTY = '''
def reward(prev, action, state):
    """Divides by zero at place 3."""
    return 1.0 / (state.position - 3.0)
'''


def open_corridor(corridor: Callable[[int], Any], n: int = N_ENVS, **options: Any) -> BatchedVecEnv:
    env = BatchedVecEnv(corridor(n), **options)
    env.seed(0)
    env.reset()
    return env


def use(env: BatchedVecEnv, source: str) -> None:
    card = env.task.card
    env.use_program(parse_program(source, card.state, card.action))


@pytest.mark.parametrize("obs", ["symbolic", "image"])
@pytest.mark.filterwarnings("ignore:The minimal resolution for an image:UserWarning")
@pytest.mark.filterwarnings("ignore:It seems that your observation space image:UserWarning")
def test_stable_baselines3s_checker_passes(obs: str) -> None:
    check_env(gym.make(TASK, obs=obs), skip_render_check=False)


@pytest.mark.parametrize("reward", [None, "human"])
def test_steps_are_those_of_a_dummy_vector(
    corridor: Callable[[int], Any], reward: str | None
) -> None:
    ours = open_corridor(corridor)
    if reward:
        use(ours, ours.task.reward(reward).source)
    singles = {"reward": reward or "sparse"}
    theirs = DummyVecEnv([lambda: Monitor(SingleEnv(corridor(1), **singles))] * N_ENVS)
    theirs.seed(0), ours.seed(0)
    assert np.array_equal(ours.reset(), theirs.reset())
    stream = np.random.default_rng(0)
    for _ in range(100):
        actions = stream.integers(2, size=N_ENVS)
        outcome, expected = ours.step(actions), theirs.step(actions)
        for one, other in zip(outcome[:3], expected[:3], strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
        for info, reference in zip(outcome[3], expected[3], strict=True):
            if "terminal_observation" not in reference:
                assert info == {}
                continue
            assert np.array_equal(info["terminal_observation"], reference["terminal_observation"])
            assert info["TimeLimit.truncated"] == reference["TimeLimit.truncated"]
            assert info["success"] == reference["success"]
            assert info["episode"]["l"] == reference["episode"]["l"]
            assert info["episode"]["r"] == pytest.approx(reference["episode"]["r"], abs=1e-6)
        assert ours.reset_infos == theirs.reset_infos


def test_finished_episodes_tell_success_and_progress(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor, 2)
    told: list[Any] = []
    for _ in range(12):
        *_, infos = env.step(np.array([1, 0]))
        told += [(info["success"], info["milestones"]) for info in infos if info]
    assert set(told) == {(True, 1.0), (False, 0.0)}


def test_no_info_is_shared(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor, 8)
    *_, first = env.step(np.ones(8, int))
    for info in first:
        info["mark"] = True
    *_, second = env.step(np.ones(8, int))
    assert not any("mark" in info for info in second)
    assert len({id(info) for info in second}) == 8
    assert len({id(info) for info in env.reset_infos}) == 8


def test_a_seed_is_used_once(corridor: Callable[[int], Any]) -> None:
    env = BatchedVecEnv(corridor(64))
    assert env.seed(3) == list(range(3, 67))
    first, second = env.reset(), env.reset()
    assert not np.array_equal(first, second)
    env.seed(3)
    assert np.array_equal(env.reset(), first)
    assert np.array_equal(env.reset(), second)


def test_components_are_there_for_a_callback(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor)
    assert env.component_names == ()
    use(env, env.task.reward("human").source)
    env.reset()
    _, rewards, _, _ = env.step(np.ones(N_ENVS, int))
    assert env.component_names == ("step", "time")
    assert env.components.tolist() == [[1.0, -0.01]] * N_ENVS
    assert rewards.dtype == np.float32
    assert np.allclose(rewards, 0.99)


def test_a_faulty_program_stops_the_training(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor)
    use(env, FAULTY)
    env.reset()
    model = PPO("MlpPolicy", env, n_steps=32, batch_size=32, seed=0, device="cpu")
    with pytest.raises(ValueFault, match="zero"):
        model.learn(200)


def test_the_runner_that_came_is_used(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor)
    card = env.task.card
    program = parse_program(env.task.reward("human").source, card.state, card.action)
    runner = program.load(compiled=False)
    made = make_sb3(EnvRef(id=TASK), 2)
    with pytest.raises(UnknownName, match="replace"):
        made.use_program(program, runner, "replaced")
    with pytest.raises(ConfigError, match="defines reward"):
        env.use_program(program, runner, "potential")
    env.use_program(program, runner, "add")
    assert env.component_names == program.components


def test_a_new_reward_needs_a_reset(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor)
    use(env, env.task.reward("human").source)
    with pytest.raises(CallOrderError, match="reset"):
        env.step(np.ones(N_ENVS, int))
    env.reset()
    env.step(np.ones(N_ENVS, int))


def test_attributes_and_methods_reach_through_wrappers(corridor: Callable[[int], Any]) -> None:
    env = open_corridor(corridor)
    wrapped = VecNormalize(env)
    assert wrapped.get_attr("task") == [env.task] * N_ENVS
    assert wrapped.get_attr("gamma", [0]) == [0.99]
    wrapped.set_attr("gamma", 0.9)
    assert env.gamma == 0.9
    assert wrapped.env_method("seed", 4) == [[4, 5, 6]] * N_ENVS
    assert wrapped.env_is_wrapped(Monitor) == [True] * N_ENVS
    assert not any(wrapped.env_is_wrapped(gym.Wrapper))
    with pytest.raises(AttributeError, match="gama"):
        wrapped.set_attr("gama", 0.9)
    with pytest.raises(ConfigError, match="share attributes"):
        wrapped.set_attr("gamma", 0.9, indices=0)


def test_pictures_are_tiled(corridor: Callable[[int], Any]) -> None:
    env = BatchedVecEnv(corridor(4), render_mode="rgb_array")
    env.reset()
    picture = env.render()
    assert picture is not None
    assert picture.shape == (16, 16, 3)
    assert len(env.env_method("render", indices=[1])) == 1
    env.close()


def test_ppo_trains_on_both_observations() -> None:
    for obs, policy in (("symbolic", "MlpPolicy"), ("image", "MultiInputPolicy")):
        env = make_sb3(EnvRef(id=TASK, obs=obs), 4, seed=0)
        PPO(policy, env, n_steps=16, batch_size=32, n_epochs=1, device="cpu").learn(64)
