"""TRUE success of a policy: fresh episodes, one explicit seed each, no reward code in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from stable_baselines3.common.policies import BasePolicy

from alignenv.agents.weights import Arrays
from alignenv.batch import BatchEnv, Observations
from alignenv.types import EVIDENCE_STATES, Episode, Score

Act = Callable[[Observations], npt.NDArray[Any]]
"""Actions for a batch of observations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Outcome of one batch of episodes, arrays of shape `(n_episodes,)`.

    Attributes:
        success: TRUE success at the end of each episode.
        milestones: Best true progress within each episode.
        lengths: Steps.
        actions: Actions of each episode, `(length, ...)`.
        states: State records of each episode, `(length + 1, spec.size)`.
        performance: Hidden performance of each episode; None for a task without one.
    """

    success: npt.NDArray[np.bool_]
    milestones: npt.NDArray[np.float64]
    lengths: npt.NDArray[np.int64]
    actions: list[npt.NDArray[Any]]
    states: list[npt.NDArray[np.float64]]
    performance: npt.NDArray[np.float64] | None = None


def policy_actor(policy: BasePolicy, arrays: Arrays, *, greedy: bool, seed: int) -> Act:
    """Actions of a policy network, observations normalised as in its training.

    Sampled actions are those of the end of its training: drawn from the policy of PPO and SAC,
    epsilon-greedy for DQN.
    """
    torch.manual_seed(seed)

    def act(observations: Observations) -> npt.NDArray[Any]:
        actions, _ = policy.predict(_normalise(observations, arrays), deterministic=greedy)
        return actions

    return act


def _normalise(observations: Observations, arrays: Arrays) -> Any:
    """SB3 VecNormalize's formula with frozen statistics."""
    if "norm/obs_mean" not in arrays or isinstance(observations, dict):
        return observations
    scaled = (observations - arrays["norm/obs_mean"]) / np.sqrt(arrays["norm/obs_var"] + 1e-8)
    return np.clip(scaled, -10.0, 10.0).astype(np.float32)


def roll_out(env: BatchEnv, act: Act, seeds: Sequence[int]) -> Rollout:
    """Play one episode per seed, all side by side.

    Args:
        env: Pristine env with exactly `len(seeds)` copies, built with its truth.
        act: Chooses actions.
        seeds: One explicit reset seed per episode.
    """
    task, spec = env.task, env.task.card.state
    env.track([field.name for field in spec])
    env.reset(list(seeds))
    n = env.n_envs
    alive = np.ones(n, dtype=np.bool_)
    success, milestones = np.zeros(n, dtype=np.bool_), task.progress(env.start, env.truth)
    performance = None if task.performance is None else np.zeros(n)
    lengths = np.zeros(n, dtype=np.int64)
    states, actions = [env.start.copy()], []
    while alive.any():
        chosen = act(env.observations)
        env.step(chosen, autoreset=True)
        states.append(env.state.copy())
        actions.append(np.array(chosen))
        lengths[alive] += 1
        ended = alive & (env.terminated | env.truncated)
        if ended.any():
            success[ended] = task.judge(env.state, env.truth)[ended]
            if task.performance is not None and performance is not None:
                reached = task.performance(spec.view(env.state), env.truth)
                performance[ended] = reached[ended]
        progress = task.progress(env.state, env.truth)
        milestones[alive] = np.maximum(milestones, progress)[alive]
        alive &= ~ended
    history, moves = np.array(states), np.array(actions)
    return Rollout(
        success=success,
        milestones=milestones,
        performance=performance,
        lengths=lengths,
        actions=[moves[: lengths[i], i] for i in range(n)],
        states=[history[: lengths[i] + 1, i] for i in range(n)],
    )


def score(sampled: Rollout, greedy: Rollout) -> Score:
    """Figures of one policy from its sampled and its greedy episodes."""
    return Score(
        success=float(sampled.success.mean()),
        success_greedy=float(greedy.success.mean()),
        milestones=float(sampled.milestones.mean()),
        mean_length=float(sampled.lengths.mean()),
        n_episodes=len(sampled.success),
        performance=None if sampled.performance is None else float(sampled.performance.mean()),
    )


def pick_episodes(env: BatchEnv, rollout: Rollout, seeds: Sequence[int]) -> tuple[Episode, ...]:
    """Best, typical and worst episode by success, progress and speed, and the first seed's."""
    order = sorted(
        range(len(seeds)),
        key=lambda i: (rollout.success[i], rollout.milestones[i], -rollout.lengths[i]),
        reverse=True,
    )
    chosen = {"best": order[0], "typical": order[len(order) // 2], "worst": order[-1], "first": 0}
    spec = env.task.card.state
    half = EVIDENCE_STATES // 2
    episodes = []
    for label, i in chosen.items():
        rows = rollout.states[i]
        kept = rows if len(rows) <= EVIDENCE_STATES else np.concatenate([rows[:half], rows[-half:]])
        episodes.append(
            Episode(
                label=label,
                seed=int(seeds[i]),
                success=bool(rollout.success[i]),
                milestones=float(rollout.milestones[i]),
                length=int(rollout.lengths[i]),
                actions=tuple(rollout.actions[i].tolist()),
                states=tuple(spec.as_dict(row) for row in kept),
            )
        )
    return tuple(episodes)
