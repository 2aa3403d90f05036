"""Whole training loops: frames per second against MiniGrid, and what the reward costs in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecExtractDictObs

from alignenv.agents.presets import Preset, load_preset
from alignenv.agents.trainer import build_model
from alignenv.benchmarks.speed.contest import Work, contest
from alignenv.benchmarks.speed.grid import Effort, random_actions
from alignenv.benchmarks.speed.rows import Row, row_of
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.suite import SUITE
from alignenv.program import Program, Runner, parse_program
from alignenv.task import find_task

TASK = "AlignEnv-DoorKey-8x8-v0"
FRAMES = "PPO frames, same hyperparameters and observation"
PROGRAM_SHARE = "reward program's share of PPO's time"
ENV_SHARE = "environment's share of PPO's time, reward and record included"
FRAMES_TARGET, PROGRAM_SHARE_TARGET = 6.0, 0.02
HYPERPARAMETERS = {"n_envs": 64, "n_steps": 64, "batch_size": 1024, "n_epochs": 4}


def measure_training(effort: Effort, task_id: str = TASK) -> Iterator[Row]:
    """PPO's frame rate on both sides, then the share of reward and environment in ours.

    Args:
        effort: How long; a turn is at least one rollout with its update.
        task_id: A grid task.
    """
    torch.set_num_threads(1)
    yield _frames(effort, task_id)
    yield from _shares(effort, task_id)


def _preset(task_id: str, obs: str) -> Preset:
    return load_preset(task_id, find_task(task_id).family, {**HYPERPARAMETERS, "obs": obs})


def _frames(effort: Effort, task_id: str) -> Row:
    preset = _preset(task_id, "image")
    ours = VecExtractDictObs(
        make_sb3(EnvRef(id=task_id, obs="image"), preset.n_envs, seed=0), "image"
    )
    theirs = minigrid_vec_env(task_id, ours.observation_space, preset.n_envs)
    outcome = contest(
        learning(build_model(theirs, preset, 0), preset),
        learning(build_model(ours, preset, 0), preset),
        rounds=effort.rounds,
        seconds=effort.seconds,
    )
    for env in (ours, theirs):
        env.close()
    return row_of(outcome, measure=FRAMES, subject=task_id, unit="frames/s", target=FRAMES_TARGET)


def _shares(effort: Effort, task_id: str) -> Iterator[Row]:
    preset, task = _preset(task_id, "symbolic"), find_task(task_id)
    ref = EnvRef(id=task_id, obs="symbolic")
    source = task.reward("human").source
    program = parse_program(source, task.card.state, task.card.action)
    runner = program.load(compiled=True)
    env = make_sb3(ref, preset.n_envs, seed=0, program=program, runner=runner)
    train = learning(build_model(env, preset, 0), preset)
    alone = make_sb3(ref, preset.n_envs, seed=0, program=program, runner=runner)
    parts = {
        PROGRAM_SHARE: (program_calls(ref, program, runner, preset.n_envs), PROGRAM_SHARE_TARGET),
        ENV_SHARE: (vec_env_steps(alone), None),
    }
    for measure, (work, target) in parts.items():
        outcome = contest(work, train, rounds=effort.rounds, seconds=effort.seconds)
        yield Row(
            measure=measure,
            subject=task_id,
            baseline=1e6 / outcome.ours,
            ours=1e6 / outcome.baseline,
            unit="µs/frame",
            value=outcome.ratio,
            low=outcome.low,
            high=outcome.high,
            kind="share",
            target=target,
        )


class ImageAlone(gym.ObservationWrapper[Any, Any, Any]):
    """The image of MiniGrid's observation, as its `ImgObsWrapper` gives it, in the given space.

    Args:
        env: A MiniGrid env.
        observation_space: Space of our image, so that both sides get the same network.
    """

    def __init__(self, env: gym.Env[Any, Any], observation_space: spaces.Space[Any]) -> None:
        super().__init__(env)
        self.observation_space = observation_space

    def observation(self, observation: dict[str, Any]) -> Any:
        """Leave out direction and mission."""
        return observation["image"]


def minigrid_vec_env(task_id: str, space: spaces.Space[Any], n_envs: int) -> VecEnv:
    """MiniGrid as SB3's `make_vec_env` builds it: monitored envs in a `DummyVecEnv`."""
    row = SUITE.row(task_id)
    assert row is not None, "a task of the suite"
    return make_vec_env(
        row.origin,
        n_envs=n_envs,
        seed=0,
        wrapper_class=partial(ImageAlone, observation_space=space),
        vec_env_cls=DummyVecEnv,
    )


def learning(model: BaseAlgorithm, preset: Preset) -> Work:
    """One rollout and its update; a unit is one frame of one env."""
    frames = preset.rollout

    def work() -> int:
        model.learn(frames, reset_num_timesteps=False)
        return frames

    return work


def vec_env_steps(env: VecEnv, chunk: int = 32) -> Work:
    """Steps of a `VecEnv`; a unit is one step of one env."""
    actions = random_actions(chunk, env.num_envs)
    env.reset()

    def work() -> int:
        for row in actions:
            env.step(row)
        return chunk * env.num_envs

    return work


def program_calls(
    ref: EnvRef, program: Program, runner: Runner, n_envs: int, chunk: int = 64
) -> Work:
    """The reward program alone, on transitions of random play; a unit is one transition."""
    batch = make_batch(ref, n_envs)
    batch.track(sorted(program.fields))
    batch.reset(list(range(n_envs)))
    transitions = []
    for actions in random_actions(chunk, n_envs):
        prev = batch.start.copy()
        batch.step(actions, autoreset=True)
        t = batch.steps / batch.task.card.horizon
        transitions.append((prev, actions.astype(np.float64), batch.state.copy(), t))
    batch.close()
    out = np.zeros((n_envs, 1 + len(program.components)))

    def work() -> int:
        for transition in transitions:
            runner.reward(*transition, out)
        return chunk * n_envs

    return work
