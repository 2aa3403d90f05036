"""The matched protocol of a search as data: what is spent where, and on which seeds."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from alignenv.agents.presets import Preset
from alignenv.benchmarks.curriculum import Stage
from alignenv.benchmarks.race import Race, Rung, Shares, rungs_of

NOVELTY_BONUS = 0.02
"""Bonus for each state that is new in its episode, where a row has one."""


class Protocol(BaseModel):
    """Budgets in env steps and episodes; part of every record.

    Attributes:
        generations: Rounds of proposing and evaluating.
        candidates: Programs per generation.
        env_steps: Env steps of one full training; None takes the preset's.
        rung: Share of `env_steps` after which racing compares the candidates of a generation, or
            several, rising; 1 trains every candidate fully.
        keep: Share of the candidates compared that goes on past the rung, or one for each rung.
        confirm: How many of the best programs are trained once more before one of them is chosen by
            the mean of both trainings; 0 for none.
        select_episodes: Fresh episodes per score during the search.
        report_seeds: Trainings per arm of the final comparison, on seeds of their own.
        report_episodes: Fresh episodes per training of the final comparison.
        layer: Whether a designed reward replaces the sparse one or is added to it; a program that
            defines a potential always shapes the sparse reward.
        curriculum: Easier contexts that every training begins with, each for a share of its
            env steps; the rest is the task itself.
        audit: Whether candidates that the audit finds hackable are kept from training.
        dedup: What makes two candidates one program: their `text`, up to layout and names, or also
            their `behaviour` on recorded transitions, so that it is trained only once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    generations: int = Field(default=2, ge=1)
    candidates: int = Field(default=8, ge=1)
    env_steps: int | None = Field(default=None, gt=0)
    rung: Shares = (0.5,)
    keep: Shares = (0.5,)
    confirm: int = Field(default=0, ge=0)
    select_episodes: int = Field(default=100, ge=1)
    report_seeds: int = Field(default=3, ge=1)
    report_episodes: int = Field(default=200, ge=100)
    layer: Literal["replace", "add"] = "replace"
    curriculum: tuple[Stage, ...] = ()
    audit: bool = False
    dedup: Literal["text", "behaviour"] = "text"

    @model_validator(mode="after")
    def _is_a_race(self) -> Self:
        rungs_of(self.rung, self.keep)
        return self

    @model_serializer(mode="wrap")
    def _stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As it is, without what came after the first records and is not asked for."""
        found: dict[str, Any] = handler(self)
        for name in ("audit", "dedup", "confirm"):
            if getattr(self, name) == type(self).model_fields[name].default:
                found.pop(name, None)
        return found

    @property
    def has_segments(self) -> bool:
        """Whether trainings are stopped and gone on with."""
        return self.rung != (1,) or bool(self.curriculum)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Where the candidates of a generation are compared."""
        return rungs_of(self.rung, self.keep)

    def most_env_steps(self, preset: Preset, full: int) -> int:
        """Upper bound of what a search trains, if a full training takes `full` env steps."""
        generation = Race.of(self.rungs, preset, full).most_steps(self.candidates)
        return self.generations * generation + self.confirm * full


class TrainPayload(BaseModel):
    """What a training worker is told. JSON, no code objects.

    Attributes:
        env: `EnvRef` of the task as JSON.
        source: Reward program; None for the sparse reward.
        layer: Reward layer for the program.
        preset: Training settings.
        segments: `(seed, env steps)` of each segment, trained in a row.
        contexts: Context of each segment's episodes, empty for the task itself; no entries when
            all are the task itself.
        steps_before: Env steps already trained, when the job continues from arrays.
        novelty: Bonus for each state that is new in its episode, on top of the reward.
        rnd: Scale of the bonus of random network distillation, on top of the reward.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, object]
    source: str | None
    layer: str
    preset: dict[str, object]
    segments: tuple[tuple[int, int], ...]
    contexts: tuple[dict[str, float], ...] = ()
    steps_before: int = 0
    novelty: float = 0.0
    rnd: float = 0.0


class EvaluatePayload(BaseModel):
    """What an evaluation worker is told: the env, the network's shape and the episodes' seeds.

    Attributes:
        env: `EnvRef` of the task as JSON.
        preset: Settings the policy was trained with.
        seeds: Explicit reset seed of each episode.
        action_seed: Seed of the policy's sampling.
        evidence: Whether to return best, typical and worst episodes.
        analysis: Whether to look closer at them for an analyst.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, object]
    preset: dict[str, object]
    seeds: tuple[int, ...]
    action_seed: int
    evidence: bool = False
    analysis: bool = False
