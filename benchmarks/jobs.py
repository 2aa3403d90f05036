"""What runs inside sandboxed workers: one training, or one evaluation.

`prepare` builds the env and steps it once before the sandbox forbids exec and fork; `run` loads
the reward program and trains. The evaluator's job never loads reward code.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from stable_baselines3.common.vec_env import VecEnv

from alignenv.agents.curve import TrainingRecord
from alignenv.agents.evaluation import Act, Rollout, pick_episodes, policy_actor, roll_out, score
from alignenv.agents.novelty import EpisodicNovelty
from alignenv.agents.presets import Preset, read_preset
from alignenv.agents.rnd import RandomNetworkDistillation
from alignenv.agents.trainer import build_policy, train_segment
from alignenv.agents.weights import Arrays, load_weights
from alignenv.batch import BatchEnv, Observations
from alignenv.benchmarks.analyst_evidence import with_evidence
from alignenv.benchmarks.dry_run import Recorded, dry_run, record_transitions
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.benchmarks.workers import compile_kernels
from alignenv.envs.faces.sb3 import BatchedVecEnv
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.errors import AlignEnvError, ConfigError, ProgramError, ValueFault
from alignenv.program import Runner, parse_program, warm_up
from alignenv.reward_design.sandbox import Channel
from alignenv.types import ComponentStats, CurvePoint, FailureKind

HEARTBEAT_S = 5.0
"""Seconds between two signs of life, so that only a real stall looks like one."""


def warm(task_id: str) -> None:
    """Compile what every worker of a task of the suite needs, once, before the template forks."""
    warm_up()
    compile_kernels(EnvRef(id=task_id))


@dataclass(frozen=True, slots=True)
class _Training:
    payload: TrainPayload
    preset: Preset
    env: BatchedVecEnv
    start: Arrays
    recorded: Recorded | None


class TrainJob:
    """Trains one agent on one reward; entry `alignenv.benchmarks.jobs:TRAIN`."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> _Training:
        """Build the sparse env, step it once, and record what a new program is tried on."""
        torch.set_num_threads(1)
        told = TrainPayload.model_validate(payload)
        preset = read_preset(told.preset)
        ref = EnvRef.from_json(told.env)
        env = make_sb3(ref, preset.n_envs, seed=told.segments[0][0], gamma=preset.gamma)
        env.reset()
        env.step(np.array([env.action_space.sample() for _ in range(env.num_envs)]))
        is_new = told.source is not None and told.steps_before == 0
        return _Training(told, preset, env, arrays, record_transitions(ref) if is_new else None)

    def run(self, training: _Training, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program, try it, train every segment, send curve, statistics and weights."""
        del payload
        told, preset = training.payload, training.preset
        try:
            runner = self._attach(training)
            arrays, record, compiled = self._train(training, runner, channel)
        except (ProgramError, ValueFault, ConfigError) as error:
            channel.send({"kind": "failed", **_failure(error)})
            return
        channel.send_arrays(arrays)
        channel.send(
            {
                "kind": "result",
                "env_steps": told.steps_before + sum(steps for _, steps in told.segments),
                "curve": [asdict(point) for point in record.points],
                "components": {n: asdict(s) for n, s in record.components.items()},
                "compiled": compiled,
                "obs": preset.obs,
            }
        )

    def _attach(self, training: _Training) -> Runner | None:
        if training.payload.source is None:
            return None
        card = EnvRef.from_json(training.payload.env).resolve().card
        program = parse_program(training.payload.source, card.state, card.action)
        runner = program.load()
        if training.recorded is not None:
            dry_run(program, runner, training.recorded)
        layer = None if program.kind == "potential" else training.payload.layer
        training.env.use_program(program, runner, layer)
        return runner

    def _train(
        self, training: _Training, runner: Runner | None, channel: Channel
    ) -> tuple[Arrays, TrainingRecord, bool]:
        told = training.payload
        arrays, before = training.start or None, told.steps_before
        env: VecEnv = training.env
        if told.novelty:
            env = EpisodicNovelty(env, training.env.task.card.state, told.novelty)
        if told.rnd:
            seed = told.segments[0][0]
            env = RandomNetworkDistillation(env, told.rnd, gamma=training.preset.gamma, seed=seed)
        pulse = Pulse(channel)
        points: list[CurvePoint] = []
        components: dict[str, ComponentStats] = {}
        contexts = told.contexts or ({},) * len(told.segments)
        for (seed, steps), context in zip(told.segments, contexts, strict=True):
            training.env.set_options({"context": context} if told.contexts else None)
            arrays, record = train_segment(
                env,
                training.preset,
                seed=seed,
                timesteps=steps,
                start=arrays,
                steps_before=before,
                on_point=lambda p: channel.send({"kind": "point", **asdict(p)}),
                on_losses=lambda steps, losses: channel.send(
                    {"kind": "losses", "env_steps": steps, "losses": losses}
                ),
                on_step=pulse.beat,
            )
            before += steps
            points += record.points
            components = record.components
        assert arrays is not None, "there is at least one segment"
        full = TrainingRecord(points=tuple(points), components=components)
        return arrays, full, runner is None or runner.compiled


@dataclass(frozen=True, slots=True)
class _Examination:
    payload: EvaluatePayload
    env: BatchEnv
    probe: BatchEnv | None
    arrays: Arrays


class EvaluateJob:
    """Measures TRUE success of one policy; entry `alignenv.benchmarks.jobs:EVALUATE`."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> _Examination:
        """Build the pristine env and step it once."""
        torch.set_num_threads(1)
        told = EvaluatePayload.model_validate(payload)
        ref = EnvRef.from_json(told.env)
        env = make_batch(ref, len(told.seeds), truth=True)
        probe = make_batch(ref, 1, truth=True) if told.analysis else None
        env.reset(list(told.seeds))
        env.step(np.array([env.action_space.sample() for _ in told.seeds]), autoreset=True)
        return _Examination(told, env, probe, arrays)

    def run(self, exam: _Examination, payload: dict[str, Any], channel: Channel) -> None:
        """Play sampled and greedy episodes and send the score."""
        del payload
        told, env = exam.payload, exam.env
        try:
            sampled = self._play(exam, channel, greedy=False)
            greedy = self._play(exam, channel, greedy=True)
        except ConfigError as error:
            channel.send({"kind": "failed", **_failure(error)})
            return
        episodes = pick_episodes(env, sampled, told.seeds) if told.evidence else ()
        if exam.probe is not None:
            episodes = with_evidence(exam.probe, episodes, sampled, told.seeds)
        channel.send(
            {
                "kind": "result",
                "score": asdict(score(sampled, greedy)),
                "episodes": [asdict(episode) for episode in episodes],
            }
        )

    def _play(self, exam: _Examination, channel: Channel, *, greedy: bool) -> Rollout:
        preset = read_preset(exam.payload.preset)
        policy = build_policy(preset, exam.env.observation_space, exam.env.action_space)
        load_weights(policy, exam.arrays)
        act = policy_actor(policy, exam.arrays, greedy=greedy, seed=exam.payload.action_seed)
        return roll_out(exam.env, _with_pulse(act, channel), exam.payload.seeds)


class Pulse:
    """Says now and then that a worker is alive."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self._last = channel, time.monotonic()

    def beat(self) -> None:
        """Give a sign of life if the last one is some seconds old."""
        now = time.monotonic()
        if now - self._last >= HEARTBEAT_S:
            self._last = now
            self._channel.send({"kind": "alive"})


def _with_pulse(act: Act, channel: Channel) -> Act:
    pulse = Pulse(channel)

    def beating(observations: Observations) -> npt.NDArray[Any]:
        pulse.beat()
        return act(observations)

    return beating


def _failure(error: AlignEnvError) -> dict[str, str]:
    if isinstance(error, ProgramError):
        return {"failure": FailureKind.COMPILE, "code": error.problems[0].rule, "text": str(error)}
    code = error.code if isinstance(error, ValueFault) else "E020"
    return {"failure": FailureKind.VALUE, "code": code, "text": str(error)}


TRAIN = TrainJob()
EVALUATE = EvaluateJob()
