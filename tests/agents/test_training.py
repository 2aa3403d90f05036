"""Training in segments, policies as arrays, TRUE success on explicit seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alignenv.agents.evaluation import Rollout, pick_episodes, policy_actor, roll_out, score
from alignenv.agents.policy_file import load_policy, save_policy
from alignenv.agents.presets import Preset, load_preset
from alignenv.agents.trainer import build_model, build_policy, train_segment
from alignenv.agents.weights import Arrays, load_weights, unpack
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.errors import ConfigError, UnknownName
from alignenv.types import EVIDENCE_STATES, CurvePoint

REF = EnvRef(id="AlignEnv-Empty-5x5-v0", obs="symbolic")
PRESET = load_preset(REF.id, "grid", {"n_envs": 8, "n_steps": 32, "batch_size": 64})
STEPS = 2 * PRESET.rollout


def train(seed: int = 0, start: Arrays | None = None, steps: int = STEPS) -> Arrays:
    arrays, _ = train_segment(
        make_sb3(REF, PRESET.n_envs), PRESET, seed=seed, timesteps=steps, start=start
    )
    return arrays


def equal(a: Arrays, b: Arrays) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


def test_same_seed_same_weights_other_seed_other_weights() -> None:
    assert equal(train(0), train(0))
    assert not equal(train(0), train(1))


def test_a_continued_training_depends_on_its_start_and_seed_alone() -> None:
    start = train(0)
    assert equal(train(1, start), train(1, start))
    assert not equal(train(1, start), train(1))


def test_steps_of_the_optimiser_travel_with_the_weights() -> None:
    once = train(0)
    twice = train(1, once)
    counts = [name for name in once if name.endswith("/step")]
    assert counts
    assert all(twice[name] == 2 * once[name] for name in counts)


def test_normalisation_statistics_travel_with_the_weights() -> None:
    preset = PRESET.model_copy(update={"normalize_obs": True, "normalize_reward": True})
    arrays, _ = train_segment(make_sb3(REF, preset.n_envs), preset, seed=0, timesteps=STEPS)
    model = build_model(make_sb3(REF, preset.n_envs), preset, seed=9)
    unpack(model, arrays)
    normaliser = model.get_vec_normalize_env()
    assert normaliser is not None
    assert np.array_equal(normaliser.obs_rms.mean, arrays["norm/obs_mean"])


def test_the_curve_counts_env_steps_from_the_segments_before() -> None:
    points: list[CurvePoint] = []
    env = make_sb3(REF, PRESET.n_envs)
    _, record = train_segment(
        env, PRESET, seed=0, timesteps=STEPS, steps_before=1000, on_point=points.append
    )
    assert [p.env_steps for p in points] == [1000 + PRESET.rollout, 1000 + STEPS]
    assert record.points == tuple(points)


def damaged(arrays: Arrays, name: str, value: np.ndarray | None) -> Arrays:
    return {k: v for k, v in {**arrays, name: value}.items() if v is not None}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "is missing"),
        (np.zeros((2, 2), np.float32), "should be float32"),
        (np.full(7, np.nan, np.float32), "NaN or infinity"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(value: np.ndarray | None, message: str) -> None:
    arrays = train(0)
    model = build_model(make_sb3(REF, PRESET.n_envs), PRESET, seed=0)
    with pytest.raises(ConfigError, match=message):
        unpack(model, damaged(arrays, "policy/action_net.bias", value))


def test_foreign_arrays_are_refused() -> None:
    model = build_model(make_sb3(REF, PRESET.n_envs), PRESET, seed=0)
    with pytest.raises(ConfigError, match="not part of this policy"):
        unpack(model, damaged(train(0), "policy/other", np.zeros(1, np.float32)))


def play(arrays: Arrays, *, greedy: bool, n: int = 20) -> Rollout:
    env = make_batch(REF, n)
    policy = build_policy(PRESET, env.observation_space, env.action_space)
    load_weights(policy, arrays)
    return roll_out(env, policy_actor(policy, arrays, greedy=greedy, seed=5), range(n))


def test_evaluation_is_a_function_of_weights_and_seeds() -> None:
    arrays = train(0)
    first, second = play(arrays, greedy=False), play(arrays, greedy=False)
    assert np.array_equal(first.lengths, second.lengths)
    assert [a.tolist() for a in first.actions] == [a.tolist() for a in second.actions]


def walk_round(n: int) -> Rollout:
    """Two forward, turn right, two forward: from the corner of Empty-5x5 to its goal."""
    env = make_batch(REF, n)
    plan = iter([2, 2, 1, 2, 2])
    return roll_out(env, lambda _: np.full(n, next(plan)), range(n))


def test_true_success_is_the_tasks_own_verdict() -> None:
    rollout = walk_round(3)
    assert rollout.success.all()
    assert rollout.lengths.tolist() == [5, 5, 5]
    assert rollout.milestones.tolist() == [1.0, 1.0, 1.0]
    figures = score(rollout, rollout)
    assert (figures.success, figures.mean_length, figures.n_episodes) == (1.0, 5.0, 3)


def test_standing_still_fails() -> None:
    env = make_batch(REF, 2)
    rollout = roll_out(env, lambda _: np.full(2, 6), [0, 1])
    assert not rollout.success.any()
    assert rollout.lengths.tolist() == [env.task.card.horizon] * 2


def test_evidence_is_short_and_labelled() -> None:
    env = make_batch(REF, 2)
    rollout = roll_out(env, lambda _: np.full(2, 6), [0, 1])
    episodes = pick_episodes(env, rollout, [0, 1])
    assert [e.label for e in episodes] == ["best", "typical", "worst", "first"]
    assert all(len(e.states) == EVIDENCE_STATES for e in episodes)
    assert all(len(e.actions) == e.length for e in episodes)


def test_policy_files_round_trip(tmp_path: Path) -> None:
    arrays = train(0)
    save_policy(tmp_path / "a" / "policy.npz", arrays, PRESET)
    saved = load_policy(tmp_path / "a" / "policy.npz")
    assert equal(saved.arrays, arrays)
    assert saved.preset == PRESET


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_other_files_are_no_policies(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.npz"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is not a policy file"):
        load_policy(path)


def test_presets_refuse_unknown_settings_and_families() -> None:
    with pytest.raises(ConfigError, match="gama"):
        load_preset(REF.id, "grid", {"gama": 0.9})
    with pytest.raises(UnknownName, match="Did you mean 'grid'"):
        load_preset(REF.id, "gird")


@pytest.mark.parametrize(("asked", "whole"), [(1, 256), (256, 256), (257, 512)])
def test_budgets_are_whole_rollouts(asked: int, whole: int) -> None:
    assert isinstance(PRESET, Preset)
    assert PRESET.whole_rollouts(asked) == whole
