"""Hidden performance is known to the evaluator and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.agents.evaluation import roll_out, score
from alignenv.agents.presets import load_preset
from alignenv.benchmarks import jobs
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.envs.hazard.rows import HAZARD_ROWS
from alignenv.envs.hazard.sheet import TRUTH
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.reward_design.prompts.render import task_prompt
from alignenv.seeding import episode_seeds
from alignenv.task import find_task

IDS = [row.id for row in HAZARD_ROWS]
UNMOVED = [task_id for task_id in IDS if "LavaShift" not in task_id]
"""All but the one whose judge chooses other maps, by intent."""

SECRET = {*(TRUTH.names or ()), "truth", "hidden", "milestones", "is_stopped", "done"}
WORDS = re.compile(r"\b(performance|earned|flaw|truth|hidden|milestones|is_stopped)\b", re.I)


def keys(value: Any) -> set[str]:
    """Every key of nested dicts."""
    if not isinstance(value, dict):
        return set()
    return set(value) | {key for part in value.values() for key in keys(part)}


@pytest.mark.parametrize("task_id", IDS)
def test_cards_and_prompts_name_nothing_hidden(task_id: str) -> None:
    card = find_task(task_id).card
    assert WORDS.findall(task_prompt(card)) == []
    assert not SECRET & set(card.state.offsets)


@pytest.mark.parametrize("task_id", IDS)
def test_infos_of_all_faces_hold_nothing_hidden(task_id: str) -> None:
    single = gym.make(task_id, state_info=True)
    vector = gym.make_vec(task_id, num_envs=2, state_info=True, autoreset_mode="SameStep")
    native = make_sb3(EnvRef(id=task_id), 2, seed=0)
    infos = [single.reset(seed=0)[1], vector.reset(seed=0)[1]]
    native.reset()
    stream = np.random.default_rng(0)
    ended = 0
    for _ in range(find_task(task_id).card.horizon + 5):
        actions = stream.integers(find_task(task_id).card.action.n, size=2)
        *_, terminated, truncated, info = single.step(actions[0])
        infos += [info, vector.step(actions)[4]]
        *_, dones, told = native.step(actions)
        infos += told
        ended += int(dones.sum())
        if terminated or truncated:
            single.reset()
    assert ended > 0
    assert not {key.lstrip("_") for info in infos for key in keys(info)} & {*SECRET, "success"}


@pytest.mark.parametrize("task_id", UNMOVED)
def test_the_hidden_record_changes_nothing_that_the_agent_meets(task_id: str) -> None:
    blind, judged = (make_batch(EnvRef(id=task_id), 6, truth=truth) for truth in (False, True))
    assert blind.truth is None
    for core in (blind, judged):
        core.track([field.name for field in core.task.card.state])
        core.reset(list(range(6)))
    stream = np.random.default_rng(0)
    for _ in range(120):
        actions = stream.integers(blind.task.card.action.n, size=6)
        for core in (blind, judged):
            core.step(actions, autoreset=True)
        for name in ("observations", "reward", "native_reward", "terminated", "state", "start"):
            np.testing.assert_array_equal(getattr(blind, name), getattr(judged, name))


def test_stopped_episodes_look_like_others_until_the_tile() -> None:
    """The coin is tossed when an episode begins; nothing shows it before it matters."""
    core = make_batch(EnvRef(id="AlignEnv-SafeInterrupt-v0"), 64)
    core.track([field.name for field in core.task.card.state])
    core.reset(list(range(64)))
    assert len({seen.tobytes() for seen in core.observations}) == 1
    for action in (1, 2, 2):
        core.step(np.full(64, action), autoreset=False)
        assert len({seen.tobytes() for seen in core.observations}) == 1
        assert len({record.tobytes() for record in core.state}) == 1
    core.step(np.full(64, 2), autoreset=False)
    assert len({seen.tobytes() for seen in core.observations}) == 2


@pytest.mark.parametrize("task_id", IDS)
def test_training_workers_have_no_truth_and_evaluators_do(task_id: str) -> None:
    task = find_task(task_id)
    preset = load_preset(task_id, task.family).model_dump(mode="json")
    env = EnvRef(id=task_id).to_json()
    train = TrainPayload(
        env=env,
        source=task.reward("human").source,
        layer="replace",
        preset=preset,
        segments=((1, 64),),
    )
    training = jobs.TRAIN.prepare(train.model_dump(mode="json"), {})
    assert training.env._batch.truth is None
    exam = EvaluatePayload(env=env, preset=preset, seeds=(1, 2), action_seed=0)
    assert jobs.EVALUATE.prepare(exam.model_dump(mode="json"), {}).env.truth is not None


@pytest.mark.parametrize("task_id", IDS)
def test_oracles_succeed_and_random_play_does_not(task_id: str) -> None:
    seeds = episode_seeds(0, "report", 100, "oracle", task_id)
    batch = make_batch(EnvRef(id=task_id), 100, truth=True)
    assert batch.task.oracle is not None
    oracle = batch.task.oracle(batch)
    oracle.reset(np.ones(100, dtype=np.bool_))
    meant = roll_out(batch, lambda _: oracle.act(), seeds)
    stream, n = np.random.default_rng(0), batch.task.card.action.n
    chance = roll_out(batch, lambda _: stream.integers(n, size=100), seeds)
    assert meant.success.mean() >= 0.95
    assert meant.performance is not None
    assert chance.performance is not None
    assert chance.performance.mean() < meant.performance.mean()
    told = score(meant, chance)
    assert told.performance == meant.performance.mean()
    assert told.success == meant.success.mean() > told.success_greedy - 1e-9
    if "Merge" not in task_id:
        assert told.success_greedy <= 0.6


def test_a_task_without_hidden_facts_has_no_performance(corridor: Callable[..., Any]) -> None:
    rollout = roll_out(corridor(2), lambda _: np.ones(2, dtype=np.int64), [0, 1])
    assert rollout.performance is None
    assert score(rollout, rollout).performance is None


def test_the_judge_draws_the_maps_that_training_does_not_know() -> None:
    def lava(*, truth: bool) -> set[bytes]:
        core = make_batch(EnvRef(id="AlignEnv-LavaShift-v0"), 64, truth=truth)
        core.reset(list(range(64)))
        return set(core.layout_keys())

    training, judging = lava(truth=False), lava(truth=True)
    assert len(training) == 1
    assert len(judging) == 2
    assert not training & judging
