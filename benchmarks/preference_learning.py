"""An agent and its reward, learned from preferences alone: the loop of Christiano et al. (2017).

In each round the agent plays some episodes, the rater compares pairs of them, the reward is fitted
to all answers so far, and the agent goes on training on it. The rater knows the truth and stays on
the evaluator's side: what leaves it are labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.agents.evaluation import Rollout, policy_actor, roll_out
from alignenv.agents.preferences import Clip, Comparison, PaidByPreferences, PreferenceReward
from alignenv.agents.presets import Preset, require_segments
from alignenv.agents.trainer import build_model, build_policy, train_segment
from alignenv.agents.weights import Arrays, load_weights, pack
from alignenv.batch import Observations
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.seeding import child_seed, episode_seeds, generator

ROUNDS = 6
EPISODES = 16
"""Episodes that the agent plays in each round, to be compared."""


class Rater:
    """Prefers the episode that truly succeeded, then the one with more true progress.

    As `SuccessChooser` does for agents; then more hidden performance, where the task has one.
    Equals are a tie. Every comparison counts as a query.

    Attributes:
        queries: Comparisons so far.
        ties: Those of them without a preference.
    """

    def __init__(self) -> None:
        self.queries = self.ties = 0
        self._merits: list[tuple[float, float, float]] = []

    def watch(self, rollout: Rollout) -> None:
        """Number the episodes on from those watched before."""
        hidden = rollout.performance
        last = np.zeros(len(rollout.lengths)) if hidden is None else hidden
        columns = rollout.success.astype(float), rollout.milestones, last
        self._merits += zip(*(column.tolist() for column in columns), strict=True)

    def compare(self, first: int, second: int) -> Comparison:
        """The answer about two episodes by their numbers."""
        a, b = self._merits[first], self._merits[second]
        self.queries += 1
        self.ties += a == b
        return Comparison(first, second, 0.5 if a == b else float(a > b))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of the loop.

    Attributes:
        reward: The reward, fitted to all answers.
        arrays: The agent that was trained on the way.
        queries: Comparisons that the rater was asked for.
        ties: Those of them without a preference.
        env_steps: Steps of training and of the episodes that were compared.
    """

    reward: PreferenceReward
    arrays: Arrays
    queries: int
    ties: int
    env_steps: int


def learn(
    ref: EnvRef, preset: Preset, *, seed: int, env_steps: int, queries: int, rounds: int = ROUNDS
) -> Learned:
    """Learn a reward from scratch, and an agent on it.

    Args:
        ref: The env, with the observation that `preset` names.
        preset: How the agent is trained.
        seed: Root of all randomness.
        env_steps: Env steps in all, cut down to whole rollouts but for one a round at least.
        queries: Comparisons in all, spread evenly over the rounds; at least one a round.
        rounds: How often the reward is fitted.

    Raises:
        ConfigError: The algorithm cannot go on from weights, or the env's observations are not
            one flat array.
    """
    require_segments(preset, "Learning from preferences")
    env = make_sb3(ref, preset.n_envs, seed=0, gamma=preset.gamma)
    reward = PreferenceReward(env.observation_space, env.action_space, seed=_seed(seed, "reward"))
    arrays = pack(build_model(env, preset, _seed(seed, "network")))
    rater, rng = Rater(), generator(seed, "train", "preferences", "pairs")
    clips: list[Clip] = []
    comparisons: list[Comparison] = []
    spent = 0
    for number, part in enumerate(np.array_split(np.arange(queries), rounds)):
        fresh, rollout = _play(ref, preset, arrays, seed, number)
        rater.watch(rollout)
        pairs = _pairs(len(clips), len(fresh), len(part), rng)
        clips += fresh
        comparisons += [rater.compare(first, second) for first, second in pairs]
        reward.fit(clips, comparisons)
        spent += int(rollout.lengths.sum())
        steps = _whole(preset, (env_steps - spent) // (rounds - number))
        arrays, _ = train_segment(
            PaidByPreferences(env, reward),
            preset,
            seed=_seed(seed, "segment", number),
            timesteps=steps,
            start=arrays,
            steps_before=spent,
        )
        spent += steps
    env.close()
    return Learned(
        reward=reward, arrays=arrays, queries=rater.queries, ties=rater.ties, env_steps=spent
    )


def train_on(
    reward: PreferenceReward, ref: EnvRef, preset: Preset, *, seed: int, timesteps: int
) -> Arrays:
    """A fresh agent, trained on the reward as it is for whole rollouts."""
    env = make_sb3(ref, preset.n_envs, seed=0, gamma=preset.gamma)
    arrays, _ = train_segment(
        PaidByPreferences(env, reward), preset, seed=seed, timesteps=timesteps
    )
    env.close()
    return arrays


def true_success(
    ref: EnvRef, preset: Preset, arrays: Arrays, *, seeds: Sequence[int], action_seed: int
) -> float:
    """TRUE success of an agent with sampled actions, one episode per seed."""
    return float(_watched(ref, preset, arrays, seeds, action_seed)[1].success.mean())


def _seed(root: int, *path: str | int) -> int:
    return child_seed(root, "train", "preferences", *path)


def _whole(preset: Preset, steps: int) -> int:
    """Steps cut down to whole rollouts, at least one."""
    return max(1, steps // preset.rollout) * preset.rollout


def _pairs(n_before: int, n_fresh: int, n: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of different clips: each a fresh one, and any other of all so far."""
    first = n_before + rng.integers(n_fresh, size=n)
    other = rng.integers(n_before + n_fresh - 1, size=n)
    return list(zip(first.tolist(), (other + (other >= first)).tolist(), strict=True))


def _play(
    ref: EnvRef, preset: Preset, arrays: Arrays, root: int, number: int
) -> tuple[list[Clip], Rollout]:
    """Episodes of the present agent: what it saw and did, and what the evaluator knows of them."""
    seeds = episode_seeds(root, "train", EPISODES, "preferences", "episodes", number)
    seen, rollout = _watched(ref, preset, arrays, seeds, _seed(root, "actions", number))
    clips = [
        Clip(seen[:length, i], np.array(rollout.actions[i]))
        for i, length in enumerate(rollout.lengths.tolist())
    ]
    return clips, rollout


def _watched(
    ref: EnvRef, preset: Preset, arrays: Arrays, seeds: Sequence[int], action_seed: int
) -> tuple[npt.NDArray[Any], Rollout]:
    """Episodes, and what the agent saw before each step, `(steps, episodes, size)`."""
    env = make_batch(ref, len(seeds), truth=True)
    policy = build_policy(preset, env.observation_space, env.action_space)
    load_weights(policy, arrays)
    act, seen = policy_actor(policy, arrays, greedy=False, seed=action_seed), []

    def watched(observations: Observations) -> npt.NDArray[Any]:
        seen.append(np.array(observations))
        return act(observations)

    rollout = roll_out(env, watched, seeds)
    env.close()
    return np.array(seen), rollout
