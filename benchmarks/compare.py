"""Is one reward better than others? The same seeds for each, paired tests, one verdict a pair."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from alignenv.benchmarks.arms import Arm
from alignenv.benchmarks.training import TrainRequest, train_rewards
from alignenv.benchmarks.view import RunView
from alignenv.errors import ConfigError
from alignenv.seeding import generator
from alignenv.significance import Contrast, contrast, holm

FEWEST_SEEDS = 6
"""Fewer pairs cannot show a difference at 5 %: their smallest p-value is above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The first reward against each of the others.

    Attributes:
        request: What was trained; its reward is the first one.
        algorithm: What trained.
        env_steps: Env steps of each training.
        obs: What the agents saw.
        arms: One row per reward, in the order given.
        contrasts: The first reward against each other one.
        p_values: Their p-values, corrected for being read together (Holm).
    """

    request: TrainRequest
    algorithm: str
    env_steps: int
    obs: str
    arms: tuple[Arm, ...]
    contrasts: tuple[Contrast, ...]
    p_values: tuple[float, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """`better`, `worse` or `undecided`, for each contrast."""
        pairs = zip(self.contrasts, self.p_values, strict=True)
        return tuple(one.verdict(p) for one, p in pairs)


def compare_rewards(
    request: TrainRequest,
    others: tuple[str, ...],
    view: RunView,
    *,
    n_workers: int | None,
    isolation: str,
) -> Comparison:
    """Train all rewards on the same seeds and compare the first with each of the others.

    Args:
        request: The env, the first reward and how it is trained.
        others: Further rewards: names of reference rewards, or paths of programs.
        view: Shows progress.
        n_workers: Parallel workers; None for one per core.
        isolation: `auto`, or `kernel` to refuse anything weaker.

    Raises:
        ConfigError: A reward stands twice, or there is only one.
        ProgramError: A program is refused.
        UnknownName: No such env or reward.
    """
    rewards = (request.reward, *others)
    if len(set(rewards)) < 2 or len(set(rewards)) != len(rewards):
        raise ConfigError(
            f"Rewards to compare are {', '.join(rewards)}.", cure="Name two or more, each once."
        )
    arms, preset = train_rewards(
        request, rewards, view, n_workers=n_workers, isolation=isolation, stream="compare"
    )
    contrasts = tuple(_contrast(request.seed, arms[0], arm) for arm in arms[1:])
    return Comparison(
        request=request,
        algorithm=preset.algorithm,
        env_steps=preset.whole_rollouts(preset.total_timesteps),
        obs=preset.obs,
        arms=tuple(arms),
        contrasts=contrasts,
        p_values=tuple(holm([one.p for one in contrasts])),
    )


def _contrast(seed: int, first: Arm, other: Arm) -> Contrast:
    rng = generator(seed, "report", "compare", other.name)
    return contrast(_rates(first), _rates(other), rng=rng)


def _rates(arm: Arm) -> np.ndarray:
    return np.array([[o.score.success if o.score else 0.0] for o in arm.outcomes])


def document(found: Comparison) -> dict[str, Any]:
    """The document of `alignenv compare --json`."""
    request = found.request
    rows = zip(found.arms[1:], found.contrasts, found.p_values, found.verdicts, strict=True)
    return {
        "id": request.ref.id,
        "algorithm": found.algorithm,
        "obs": found.obs,
        "layer": request.layer,
        "env_steps": found.env_steps,
        "n_seeds": request.seeds,
        "n_episodes": request.episodes,
        "rewards": {
            arm.name: {
                "success": arm.success,
                "success_interval": list(arm.interval),
                "success_greedy": arm.success_greedy,
                "runs": [float(rate) for rate in _rates(arm)[:, 0]],
            }
            for arm in found.arms
        },
        "contrasts": [
            {
                "first": request.reward,
                "second": arm.name,
                "difference": one.difference,
                "difference_interval": list(one.difference_interval),
                "improvement": one.improvement,
                "improvement_interval": list(one.improvement_interval),
                "p": one.p,
                "p_holm": p,
                "verdict": verdict,
            }
            for arm, one, p, verdict in rows
        ],
    }


def show(found: Comparison) -> list[Table]:
    """The result for people: a row per reward, then a row per pair."""
    request = found.request
    arms = Table(
        "reward",
        "TRUE success",
        "95 % interval",
        "greedy",
        title=f"{request.ref.id}, {found.algorithm}, obs {found.obs}, "
        f"{found.env_steps:,} env steps",
        caption=f"{request.seeds} trainings of each on the same seeds, "
        f"{request.episodes} fresh episodes per training",
    )
    for arm in found.arms:
        low, high = arm.interval
        name = Path(arm.name).name
        arms.add_row(
            name, f"{arm.success:.1%}", f"{low:.1%} to {high:.1%}", f"{arm.success_greedy:.1%}"
        )
    pairs = Table("against", "difference", "chance to beat it", "p (Holm)", "verdict")
    pairs.title = f"Is {Path(request.reward).name} better?"
    rows = zip(found.arms[1:], found.contrasts, found.p_values, found.verdicts, strict=True)
    for arm, one, p, verdict in rows:
        low, high = one.difference_interval
        worst, best = one.improvement_interval
        pairs.add_row(
            Path(arm.name).name,
            f"{one.difference:+.1%} ({low:+.1%} to {high:+.1%})",
            f"{one.improvement:.0%} ({worst:.0%} to {best:.0%})",
            f"{p:.3f}",
            verdict,
        )
    if request.seeds < FEWEST_SEEDS:
        pairs.caption = (
            f"{request.seeds} pairs cannot show a difference at 5 %; use --seeds {FEWEST_SEEDS} "
            "or more."
        )
    return [arms, pairs]
