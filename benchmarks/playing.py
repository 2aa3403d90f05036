"""One episode of a policy as an animation; no reward code is involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.agents.evaluation import Act, policy_actor, roll_out
from alignenv.agents.policy_file import load_policy
from alignenv.agents.trainer import build_policy
from alignenv.agents.weights import load_weights
from alignenv.batch import BatchEnv
from alignenv.benchmarks.animation import write_animation
from alignenv.envs.make import EnvRef, make_batch
from alignenv.seeding import generator

MAX_FRAMES = 400
"""Most frames of an animation; longer episodes show their first part."""


def play_episode(ref: EnvRef, policy: str, *, seed: int, greedy: bool, out: Path) -> dict[str, Any]:
    """Play one episode and write it to `out`.

    Args:
        ref: The env.
        policy: `random`, or a policy file.
        seed: Seed of the episode's reset and of the policy's sampling.
        greedy: Whether to take the most probable actions.
        out: `.webp` or `.gif`.

    Returns:
        Document of `alignenv play --json`.

    Raises:
        ConfigError: The policy file does not fit the env, or the half has no layouts.
    """
    if policy == "random":
        env = make_batch(ref, 1, truth=True)
        act = random_actor(env, seed)
    else:
        arrays, preset = load_policy(Path(policy))
        env = make_batch(replace(ref, obs=preset.obs), 1, truth=True)
        network = build_policy(preset, env.observation_space, env.action_space)
        load_weights(network, arrays)
        act = policy_actor(network, arrays, greedy=greedy, seed=seed)
    rollout = roll_out(env, act, [seed])
    write_animation(out, replay(env, seed, rollout.actions[0].tolist()))
    return {
        "id": ref.id,
        "policy": policy,
        "seed": seed,
        "split": ref.split,
        "success": bool(rollout.success[0]),
        "milestones": float(rollout.milestones[0]),
        "length": int(rollout.lengths[0]),
        "animation": str(out),
    }


def random_actor(env: BatchEnv, seed: int) -> Act:
    """Uniformly random actions."""
    env.action_space.seed(int(generator(seed, "evidence", "random").integers(2**31)))
    return lambda _: np.array([env.action_space.sample() for _ in range(env.n_envs)])


def replay(env: BatchEnv, seed: int, actions: Sequence[Any]) -> list[npt.NDArray[np.uint8]]:
    """Pictures of one episode from its seed and actions, `min(length, MAX_FRAMES) + 1` frames."""
    env.reset([seed])
    frames = [env.render()]
    for action in list(actions)[:MAX_FRAMES]:
        env.step(np.array([action]), autoreset=False)
        frames.append(env.render())
    return frames
