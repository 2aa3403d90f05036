"""Report trainings: trained, scored on fresh seeds, and their reward audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from alignenv.benchmarks.bench.audit import AUDIT_ENTRY, AuditPayload
from alignenv.benchmarks.bench.cells import Cell, Ground, ReportSeeds, report_seeds
from alignenv.benchmarks.evaluator import (
    EVALUATE_ENTRY,
    EVALUATION_STEPS,
    Evaluator,
    Outcome,
    ResultStore,
    Trainee,
    limits_for,
)
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.benchmarks.retries import expect_result, final_message, run_jobs
from alignenv.benchmarks.view import RunView
from alignenv.envs.make import EnvRef
from alignenv.envs.split import other_half
from alignenv.reward_design.sandbox import Job, JobResult, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where cells are run.

    Attributes:
        pool: Sandboxed workers of one task.
        ground: The task with its training settings.
        view: Shows progress.
        folder: Where searches keep their studies until they are done.
        replies: Where the replies to a search are kept.
        budget: Caps of model calls, for each search; empty for none.
        base_url: OpenAI-compatible server; None for the client's default.
    """

    pool: Pool
    ground: Ground
    view: RunView
    folder: Path
    replies: Callable[[Cell], Path]
    budget: str = ""
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One report training.

    Attributes:
        key: Unique among those trained together.
        source: Reward program; None for the sparse reward.
        layer: How it is used.
        env_steps: Whole rollouts.
        replicate: Its number, which decides all of its seeds.
        novelty: Bonus for new states.
        rnd: Scale of the bonus of random network distillation.
    """

    key: str
    source: str | None
    layer: str
    env_steps: int
    replicate: int
    novelty: float = 0.0
    rnd: float = 0.0


def train_all(
    bench: Bench, trainings: Sequence[Training], store: ResultStore
) -> list[tuple[dict[str, Any], float]]:
    """Train, score and audit; the run of each record, and its processor seconds."""
    ground = bench.ground
    seeds = [report_seeds(ground, training.replicate) for training in trainings]
    told = list(zip(trainings, seeds, strict=True))
    trainees = [report_trainee(ground, training, its) for training, its in told]
    outcomes = Evaluator(bench.pool, store, bench.view).run(trainees)
    scored = [(i, outcome) for i, outcome in enumerate(outcomes) if outcome.score is not None]
    extra = [job for i, outcome in scored for job in _extra_jobs(ground, *told[i], outcome)]
    results = _results(bench.pool, extra)
    there: list[Outcome | None] = [None] * len(told)
    if ground.ref.split:
        again = [report_trainee(ground, training, its, there=True) for training, its in told]
        there = [*Evaluator(bench.pool, store, bench.view).run(again)]
    return [
        _run(training, outcome, results, other)
        for training, outcome, other in zip(trainings, outcomes, there, strict=True)
    ]


def report_trainee(
    ground: Ground, training: Training, seeds: ReportSeeds, *, there: bool = False
) -> Trainee:
    """One training; `there` trains on the layouts that policies are scored on."""
    preset = ground.preset.model_dump(mode="json")
    return Trainee(
        key=f"{training.key}/there" if there else training.key,
        train=TrainPayload(
            env=(fresh(ground) if there else ground.ref).to_json(),
            source=training.source,
            layer=training.layer,
            preset=preset,
            segments=((seeds.train, training.env_steps),),
            novelty=training.novelty,
            rnd=training.rnd,
        ),
        evaluate=EvaluatePayload(
            env=fresh(ground).to_json(),
            preset=preset,
            seeds=seeds.episodes,
            action_seed=seeds.actions,
        ),
    )


def fresh(ground: Ground) -> EnvRef:
    """The env that policies are scored on: the other half of the layouts, where there are two."""
    return replace(ground.ref, split=other_half(ground.ref.split))


def _extra_jobs(
    ground: Ground, training: Training, seeds: ReportSeeds, outcome: Outcome
) -> Iterator[Job]:
    """The audit of the reward, and the score on layouts like those that were trained on."""
    preset = ground.preset.model_dump(mode="json")
    audit = AuditPayload(
        env=fresh(ground).to_json(),
        preset=preset,
        source=training.source,
        layer=training.layer,
        seeds=seeds.audit,
        action_seed=seeds.actions,
    )
    yield _job(f"{training.key}/audit", AUDIT_ENTRY, audit.model_dump(mode="json"), outcome)
    if ground.ref.split:
        met = EvaluatePayload(
            env=ground.ref.to_json(),
            preset=preset,
            seeds=seeds.episodes,
            action_seed=seeds.actions,
        )
        yield _job(f"{training.key}/met", EVALUATE_ENTRY, met.model_dump(mode="json"), outcome)


def _job(key: str, entry: str, payload: dict[str, Any], outcome: Outcome) -> Job:
    limits = limits_for(EVALUATION_STEPS * len(payload["seeds"]))
    return Job(id=key, entry=entry, payload=payload, arrays=outcome.arrays, limits=limits)


def trained_steps(run: Mapping[str, Any]) -> int:
    """Env steps of a run, on both halves of the layouts where there are two."""
    return int(run["env_steps"]) + int(run.get("env_steps_there", 0))


def score_again(
    pool: Pool, payload: EvaluatePayload, outcomes: Mapping[str, Outcome]
) -> dict[str, float]:
    """TRUE success of trained policies on other episodes, by their names."""
    told = payload.model_dump(mode="json")
    jobs = [_job(f"{name}/again", EVALUATE_ENTRY, told, one) for name, one in outcomes.items()]
    results = _results(pool, jobs)
    return {
        name: float(expect_result(results[f"{name}/again"])["score"]["success"])
        for name in outcomes
    }


def _results(pool: Pool, jobs: Sequence[Job]) -> dict[str, JobResult]:
    return {result.job_id: result for result in run_jobs(pool, jobs)}


def _run(
    training: Training,
    outcome: Outcome,
    extra: Mapping[str, JobResult],
    there: Outcome | None,
) -> tuple[dict[str, Any], float]:
    """One run of a record; a failed training has success 0."""
    cpu_s = outcome.cpu_s
    found: dict[str, Any] = {
        "replicate": training.replicate,
        "success": 0.0,
        "env_steps": outcome.env_steps,
        "failure": None,
    }
    if there is not None:
        found["success_there"] = there.score.success if there.score else 0.0
        found["env_steps_there"] = there.env_steps
        cpu_s += there.cpu_s
    if outcome.failure is not None or outcome.score is None:
        kind = outcome.failure.kind.value if outcome.failure else "unknown"
        return {**found, "failure": kind}, cpu_s
    audit = extra[f"{training.key}/audit"]
    found |= asdict(outcome.score)
    found["compiled"] = outcome.compiled
    found["curve"] = [
        [point.env_steps, point.success, point.designed_return] for point in outcome.curve
    ]
    told = final_message(audit)
    found["returns"], found["sums"] = told.get("returns", {}), told.get("sums", {})
    if not found["returns"]:
        found["no_returns"] = str(told.get("why_not") or told.get("code") or "unknown")
    cpu_s += audit.cpu_s
    if (met := extra.get(f"{training.key}/met")) is not None:
        found["success_met"] = expect_result(met)["score"]["success"]
        cpu_s += met.cpu_s
    return found, cpu_s
