"""Training on easier contexts first, under the same reward.

Ma et al., "Eureka", ICLR 2024, section 4.3, trains pen spinning after pen reorientation on one
reward; here a stage is a context of the task for a share of the env steps. What comes after the
last stage is the task itself, on which every policy is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from alignenv.errors import ConfigError
from alignenv.task import Task

Context = dict[str, float]


class Stage(BaseModel):
    """Part of a training.

    Attributes:
        context: Parameters of the task's context; those left out keep their default.
        share: Share of the env steps of a full training.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Context = Field(min_length=1)
    share: float = Field(gt=0, lt=1)


class Piece(NamedTuple):
    """One segment of a training in one context.

    Attributes:
        seed: Its seed.
        steps: Its env steps.
        context: What its episodes begin with; empty for the task itself.
    """

    seed: int
    steps: int
    context: Context


def check_stages(stages: Sequence[Stage], task: Task) -> None:
    """Refuse stages that a task cannot be trained in.

    Raises:
        ConfigError: The shares leave nothing for the task itself, or a value is out of range.
        UnknownName: The task has no such parameter.
    """
    if sum(stage.share for stage in stages) >= 1:
        raise ConfigError(
            "The stages of the curriculum take all env steps.",
            cure="Leave a share for the task itself: shares add up to less than 1.",
        )
    for stage in stages:
        task.context.read(stage.context)


def cut(
    stages: Sequence[Stage],
    begin: int,
    end: int,
    *,
    full: int,
    whole: Callable[[float], int],
    seed: Callable[[int], int],
) -> list[Piece]:
    """The pieces of a training from env step `begin` to `end`.

    Args:
        stages: In order; empty for one piece in the task itself.
        begin: Env steps trained before.
        end: Env steps trained after, a whole number of rollouts further.
        full: Env steps of a full training, of which stages are shares.
        whole: Rounds env steps to whole rollouts.
        seed: Seed of the i-th piece.
    """
    until, ends = 0.0, []
    for stage in stages:
        until += stage.share
        ends.append((whole(full * until), stage.context))
    ends.append((full, {}))
    pieces: list[Piece] = []
    for last, context in ends:
        steps = min(last, end) - begin
        if steps > 0:
            pieces.append(Piece(seed=seed(len(pieces)), steps=steps, context=context))
            begin += steps
    return pieces
