"""Children of programs: one change to a parent, or two parents combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alignenv.reward_design.opinions import UNRATED, Opinions
from alignenv.reward_design.prompts import turns
from alignenv.task import TaskCard
from alignenv.types import Trial

Fields = Mapping[str, Any]
"""Fields of a brief for one draft. A coder without words goes by the number of parents."""


def from_nothing(failed: Sequence[Trial] = (), turn: int = 0) -> Fields:
    """A program from the task alone, or from one of those that failed, in turns."""
    return {"failed": (failed[turn % len(failed)],) if failed else ()}


def mutant(
    card: TaskCard, parent: Trial, failed: Sequence[Trial] = (), opinions: Opinions = UNRATED
) -> Fields:
    """A program that differs from its parent in one thing."""
    return {"parents": (parent,), "turns": turns.mutation(card, parent, failed, opinions)}


def cross(card: TaskCard, first: Trial, second: Trial, opinions: Opinions = UNRATED) -> Fields:
    """A program with components of both parents."""
    return {"parents": (first, second), "turns": turns.crossover(card, first, second, opinions)}
