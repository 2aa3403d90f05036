"""The rows of a final comparison: one reward each, trained on report seeds for equal steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alignenv.benchmarks.evaluator import Outcome
from alignenv.benchmarks.protocol import Protocol
from alignenv.statistics import Interval, success_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One row.

    Attributes:
        name: `sparse`, `human` or `best`.
        source: The reward program; None for the sparse reward.
        success: Mean TRUE success over report seeds, sampled actions; a failed training is 0.
        interval: 95 % interval of `success`.
        success_greedy: The same with greedy actions.
        n_seeds: Trainings.
        n_episodes: Fresh episodes per training.
        env_steps: Env steps per training.
        outcomes: One per report seed.
    """

    name: str
    source: str | None
    success: float
    interval: Interval
    success_greedy: float
    n_seeds: int
    n_episodes: int
    env_steps: int
    outcomes: tuple[Outcome, ...]

    def to_json(self, program: str | None) -> dict[str, Any]:
        """The arm's entry in `alignenv evolve --json`; `program` is a path or a reward's name."""
        return {
            "program": program,
            "success": self.success,
            "success_interval": list(self.interval),
            "success_greedy": self.success_greedy,
            "n_seeds": self.n_seeds,
            "n_episodes": self.n_episodes,
            "env_steps": self.env_steps,
        }


def make_arm(name: str, source: str | None, outcomes: Sequence[Outcome], n_episodes: int) -> Arm:
    """Summarise the trainings of one reward."""
    sampled = np.array([o.score.success if o.score else 0.0 for o in outcomes])
    greedy = np.array([o.score.success_greedy if o.score else 0.0 for o in outcomes])
    return Arm(
        name=name,
        source=source,
        success=float(sampled.mean()),
        interval=success_interval(sampled, n_episodes),
        success_greedy=float(greedy.mean()),
        n_seeds=len(outcomes),
        n_episodes=n_episodes,
        env_steps=max((o.env_steps for o in outcomes), default=0),
        outcomes=tuple(outcomes),
    )


def make_arms(
    sources: Mapping[str, str | None],
    outcomes: Sequence[Outcome],
    protocol: Protocol,
) -> dict[str, Arm]:
    """Group outcomes, `report_seeds` in a row per arm in the order of `sources`."""
    n = protocol.report_seeds
    return {
        name: make_arm(name, source, outcomes[i * n : (i + 1) * n], protocol.report_episodes)
        for i, (name, source) in enumerate(sources.items())
    }
