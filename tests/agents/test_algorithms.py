"""DQN and SAC beside PPO: settings of their own, equal by seed, one piece, the same evaluator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from pydantic import ValidationError

from alignenv.agents.evaluation import policy_actor, roll_out
from alignenv.agents.policy_file import load_policy, save_policy
from alignenv.agents.presets import ALGORITHMS, Preset, load_preset, read_preset
from alignenv.agents.trainer import EpsilonGreedy, build_model, build_policy, train_segment
from alignenv.agents.weights import Arrays, load_weights
from alignenv.benchmarks.assembly import resolve
from alignenv.benchmarks.settings import load_settings
from alignenv.benchmarks.workers import preset_of
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.taskfile import read_task_file
from alignenv.errors import ConfigError, UnknownName

ROOM, ARM = "AlignEnv-Empty-5x5-v0", "AlignEnv-ArmReach-v0"
SMALL = {"n_envs": 4, "batch_size": 16, "buffer_size": 500, "learning_starts": 64}
PRESETS = {
    "PPO": load_preset(ROOM, "grid", {"n_envs": 4, "n_steps": 32, "batch_size": 32}),
    "DQN": load_preset(ROOM, "grid", {**SMALL, "algorithm": "DQN"}),
    "SAC": load_preset(ARM, "control", {**SMALL, "algorithm": "SAC"}),
}
STEPS = 256
CAR = Path(__file__).parents[2] / "examples" / "mountain_car.toml"


def ref(algorithm: str) -> EnvRef:
    preset = PRESETS[algorithm]
    return EnvRef(id=ARM if algorithm == "SAC" else ROOM, obs=preset.obs)


def train(algorithm: str, seed: int = 0, **more: Any) -> Arrays:
    env = make_sb3(ref(algorithm), PRESETS[algorithm].n_envs)
    return train_segment(env, PRESETS[algorithm], seed=seed, timesteps=STEPS, **more)[0]


def equal(a: Arrays, b: Arrays) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


def play(algorithm: str, arrays: Arrays, *, greedy: bool) -> list[Any]:
    env, preset = make_batch(ref(algorithm), 4), PRESETS[algorithm]
    policy = build_policy(preset, env.observation_space, env.action_space)
    load_weights(policy, arrays)
    act = policy_actor(policy, arrays, greedy=greedy, seed=5)
    return [actions.tolist() for actions in roll_out(env, act, range(4)).actions]


def test_settings_of_ppo_are_as_records_have_them() -> None:
    """Their dump is hashed into the ids of committed records: names, values, order, and no more."""
    preset = load_preset("AlignEnv-DoorKey-5x5-v0", "grid")
    assert list(preset.model_dump(mode="json").items()) == [
        ("algorithm", "PPO"),
        ("obs", "symbolic"),
        ("total_timesteps", 65536),
        ("n_envs", 64),
        ("n_steps", 64),
        ("batch_size", 1024),
        ("n_epochs", 4),
        ("learning_rate", 0.001),
        ("gamma", 0.99),
        ("gae_lambda", 0.95),
        ("ent_coef", 0.01),
        ("net_arch", [64, 64]),
        ("activation", "tanh"),
        ("normalize_obs", False),
        ("normalize_reward", False),
        ("log_std_init", 0.0),
    ]
    assert "algorithm" not in preset.model_dump(exclude_unset=True)
    assert read_preset(preset.model_dump()) == preset


def test_another_algorithm_takes_what_all_share_and_nothing_else() -> None:
    task = "AlignEnv-DoorKey-8x8-v0"
    ppo, dqn = load_preset(task, "grid"), load_preset(task, "grid", {"algorithm": "DQN"})
    assert (dqn.obs, dqn.total_timesteps) == (ppo.obs, ppo.total_timesteps)
    assert not hasattr(dqn, "n_epochs")
    assert dqn.rollout == dqn.n_envs * dqn.train_freq  # type: ignore[union-attr]


def test_a_task_file_speaks_for_the_algorithm_that_it_names() -> None:
    own = {"total_timesteps": 5000, "n_steps": 8}
    assert load_preset("X-v0", "external", own=own).n_steps == 8  # type: ignore[union-attr]
    assert load_preset("X-v0", "external", {"algorithm": "DQN"}, own).total_timesteps == 5000
    named = {"algorithm": "DQN", "train_freq": 3}
    assert load_preset("X-v0", "external", own=named).train_freq == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        ({"algorithm": "DQN", "n_steps": 8}, ConfigError, "n_steps.*Settings of DQN are"),
        ({"algorithm": "PPO", "train_freq": 8}, ConfigError, "train_freq.*Settings of PPO are"),
        ({"algorithm": "SAC"}, ConfigError, "Family grid has no settings for SAC.*PPO, DQN"),
        ({"algorithm": "DNQ"}, UnknownName, "Did you mean 'DQN'"),
    ],
)
def test_settings_that_an_algorithm_does_not_have_are_refused(
    overrides: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        load_preset(ROOM, "grid", overrides)


def test_actions_that_an_algorithm_cannot_choose_are_refused() -> None:
    car = EnvRef(id="MountainCarContinuous-v0", task_text=read_task_file(str(CAR)))
    with pytest.raises(ConfigError, match=r"DQN cannot choose.*continuous.*PPO, SAC"):
        preset_of(car, {"algorithm": "DQN"})
    assert preset_of(car, {"algorithm": "SAC"})[1].algorithm == "SAC"
    with pytest.raises(ConfigError, match="DQN needs discrete actions"):
        build_model(make_sb3(ref("SAC"), 4), PRESETS["DQN"], seed=0)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_same_seed_same_weights_other_seed_other_weights(algorithm: str) -> None:
    arrays = train(algorithm)
    assert equal(arrays, train(algorithm))
    assert not equal(arrays, train(algorithm, seed=1))


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_a_policy_file_plays_as_the_training_ended(algorithm: str, tmp_path: Path) -> None:
    arrays, preset = train(algorithm), PRESETS[algorithm]
    save_policy(tmp_path / "policy.npz", arrays, preset)
    saved = load_policy(tmp_path / "policy.npz")
    assert saved.preset == preset
    for greedy in (False, True):
        played = play(algorithm, saved.arrays, greedy=greedy)
        assert played == play(algorithm, arrays, greedy=greedy)
    assert play(algorithm, arrays, greedy=False) != play(algorithm, arrays, greedy=True)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_a_replay_buffer_is_not_handed_over(algorithm: str) -> None:
    with pytest.raises(ConfigError, match=r"would lose its replay buffer.*one piece"):
        train(algorithm, start=train(algorithm))


@pytest.mark.parametrize(
    ("algorithm", "loss"), [("PPO", "value_loss"), ("DQN", "loss"), ("SAC", "critic_loss")]
)
def test_losses_are_told_at_the_points_of_the_curve(algorithm: str, loss: str) -> None:
    heard, points = [], []
    train(
        algorithm,
        on_losses=lambda steps, losses: heard.append((steps, losses)),
        on_point=points.append,
    )
    assert [steps for steps, _ in heard] == [point.env_steps for point in points]
    assert loss in heard[-1][1]
    assert np.isfinite(list(heard[-1][1].values())).all()


def test_sampled_actions_of_dqn_stray_as_often_as_its_preset_says() -> None:
    env, preset = make_batch(ref("DQN"), 2), PRESETS["DQN"]
    policy = build_policy(preset, env.observation_space, env.action_space)
    assert isinstance(policy, EpsilonGreedy)
    assert policy.epsilon == preset.exploration_final_eps  # type: ignore[union-attr]
    policy.epsilon = 0.5
    torch.manual_seed(0)
    observations = np.zeros((4000, *env.observation_space.shape), np.float32)  # type: ignore[misc]
    sampled, best = (policy.predict(observations, deterministic=d)[0] for d in (False, True))
    n = env.action_space.n  # type: ignore[attr-defined]
    assert abs(np.mean(sampled != best) - 0.5 * (n - 1) / n) < 0.03
    assert set(sampled.tolist()) == set(range(n))


def test_returns_of_several_steps_need_one_array() -> None:
    env = make_sb3(EnvRef(id=ROOM, obs="image"), 4)
    assert isinstance(env.observation_space, spaces.Dict)
    with pytest.raises(ConfigError, match="return_steps = 1"):
        build_model(env, PRESETS["DQN"], seed=0)
    plain = PRESETS["DQN"].model_copy(update={"return_steps": 1})
    arrays, _ = train_segment(env, plain, seed=0, timesteps=STEPS)
    policy = build_policy(plain, env.observation_space, env.action_space)
    load_weights(policy, arrays)


def test_every_algorithm_is_known_by_its_name() -> None:
    assert ALGORITHMS == ("PPO", "DQN", "SAC")
    for name, preset in PRESETS.items():
        assert preset.algorithm == name
        assert isinstance(preset, Preset)
    with pytest.raises(ValidationError):
        read_preset({"algorithm": "SAC", "obs": "state"})


def test_a_search_with_a_rung_is_refused_before_it_begins() -> None:
    settings = load_settings(None, {"env": ROOM}, ["preset.algorithm=DQN"])
    with pytest.raises(
        ConfigError, match=r"rung or a curriculum.*lose its replay buffer.*rung = 1"
    ):
        resolve(settings)
    whole = load_settings(None, {"env": ROOM}, ["preset.algorithm=DQN", "protocol.rung=1"])
    assert resolve(whole)[2].algorithm == "DQN"
