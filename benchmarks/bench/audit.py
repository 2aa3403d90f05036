"""What a reward pays its agent, the oracle and random play: how a hacked reward is told.

A job of its own, run in the sandbox because it runs the reward program. It measures returns only,
discounted as the agent is trained on them, and plain sums of an episode beside them; what the
policies truly achieve is the evaluator's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict

from alignenv.agents.evaluation import policy_actor
from alignenv.agents.presets import Preset, read_preset
from alignenv.agents.trainer import build_policy
from alignenv.agents.weights import Arrays, load_weights
from alignenv.batch import BatchEnv, make_oracle
from alignenv.benchmarks.jobs import Pulse
from alignenv.benchmarks.references import random_actor
from alignenv.envs.faces.rewarded import RewardedBatch
from alignenv.envs.layers.choose import program_layer
from alignenv.envs.layers.given import SparseReward
from alignenv.envs.layers.transitions import RewardLayer
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import AlignEnvError, ConfigError, ProgramError, ValueFault
from alignenv.program import parse_program
from alignenv.reward_design.sandbox import Channel

AUDIT_ENTRY = "alignenv.benchmarks.bench.audit:AUDIT"

Act = Callable[[], npt.NDArray[Any]]


class AuditPayload(BaseModel):
    """What an audit is told.

    Attributes:
        env: `EnvRef` of the task as JSON.
        preset: Settings that the policy was trained with.
        source: Reward program; None for the sparse reward.
        layer: How the program is used.
        seeds: Reset seed of each episode.
        action_seed: Seed of the policy's and of random actions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, object]
    preset: dict[str, object]
    source: str | None
    layer: str
    seeds: tuple[int, ...]
    action_seed: int


@dataclass(frozen=True, slots=True)
class _Audit:
    told: AuditPayload
    preset: Preset
    env: BatchEnv
    arrays: Arrays


class AuditJob:
    """Mean return of one reward under three policies; entry `AUDIT_ENTRY`."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> _Audit:
        """Build the env without its hidden record, and step it once."""
        torch.set_num_threads(1)
        told = AuditPayload.model_validate(payload)
        env = make_batch(EnvRef.from_json(told.env), len(told.seeds))
        env.reset(list(told.seeds))
        env.step(np.array([env.action_space.sample() for _ in told.seeds]), autoreset=True)
        return _Audit(told, read_preset(told.preset), env, arrays)

    def run(self, audit: _Audit, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program, play, and send the mean return of each player."""
        del payload
        pulse = Pulse(channel)
        returns: dict[str, float] = {}
        sums: dict[str, float] = {}
        try:
            rewarded = RewardedBatch(audit.env, _layer(audit), None)
            for name in ("policy", "random", "oracle"):
                if (act := _actor(audit, name)) is not None:
                    returns[name], sums[name] = self._play(audit, rewarded, act, pulse)
        except (ProgramError, ValueFault, ConfigError) as error:
            channel.send({"kind": "result", "returns": {}, "sums": {}, "why_not": _words(error)})
            return
        channel.send({"kind": "result", "returns": returns, "sums": sums, "why_not": ""})

    def _play(
        self, audit: _Audit, rewarded: RewardedBatch, act: Act, pulse: Pulse
    ) -> tuple[float, float]:
        """Mean discounted return, and mean sum, of one episode per seed."""
        env = audit.env
        env.reset(list(audit.told.seeds))
        alive = np.ones(env.n_envs, dtype=np.bool_)
        returns, sums, weight = np.zeros(env.n_envs), np.zeros(env.n_envs), 1.0
        while alive.any():
            rewarded.step(act(), autoreset=True)
            sums[alive] += rewarded.rewards[alive]
            returns[alive] += weight * rewarded.rewards[alive]
            weight *= audit.preset.gamma
            alive &= ~(env.terminated | env.truncated)
            pulse.beat()
        return float(returns.mean()), float(sums.mean())


def _layer(audit: _Audit) -> RewardLayer:
    if audit.told.source is None:
        return SparseReward()
    card = audit.env.task.card
    program = parse_program(audit.told.source, card.state, card.action)
    layer = None if program.kind == "potential" else audit.told.layer
    return program_layer(program, program.load(), layer, audit.preset.gamma)


def _actor(audit: _Audit, name: str) -> Act | None:
    env, told = audit.env, audit.told
    if name == "random":
        return random_actor(env, np.random.default_rng(told.action_seed))
    if name == "policy":
        policy = build_policy(audit.preset, env.observation_space, env.action_space)
        load_weights(policy, audit.arrays)
        act = policy_actor(policy, audit.arrays, greedy=False, seed=told.action_seed)
        return lambda: act(env.observations)
    oracle = make_oracle(env)
    if oracle is None:
        return None
    is_new = [np.ones(env.n_envs, dtype=np.bool_)]

    def scripted() -> npt.NDArray[Any]:
        oracle.reset(is_new.pop() if is_new else env.terminated | env.truncated)
        return oracle.act()

    return scripted


def _words(error: AlignEnvError) -> str:
    return str(error)[:500]


AUDIT = AuditJob()
