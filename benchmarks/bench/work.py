"""How one cell is run: a fixed reward, a player, or a whole search with its winner's trainings."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from alignenv.benchmarks.bench.audit import AUDIT_ENTRY, AuditPayload
from alignenv.benchmarks.bench.cells import Cell, Ground, ReportSeeds, report_seeds
from alignenv.benchmarks.bench.recorded import Recorded, RecordedProgram
from alignenv.benchmarks.evaluator import (
    ATTEMPTS,
    EVALUATE_ENTRY,
    EVALUATION_STEPS,
    MIN_STEPS_PER_SECOND,
    Evaluator,
    NoMemory,
    Outcome,
    ResultStore,
    Trainee,
    final_message,
)
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.protocol import EvaluatePayload, Protocol, TrainPayload
from alignenv.benchmarks.references import oracle_actor, play, random_actor, summarise
from alignenv.benchmarks.search import VERSIONS, winner
from alignenv.benchmarks.view import RunView
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.split import other_half
from alignenv.errors import MachineError
from alignenv.reward_design.coders.specs import make_coder
from alignenv.reward_design.designers.catalogue import NO_CODER, plan_designer
from alignenv.reward_design.llm.journal import write_recording
from alignenv.reward_design.sandbox import Job, JobResult, Limits, Pool
from alignenv.reward_design.study import Study, StudySettings
from alignenv.seeding import generator
from alignenv.types import Designer, Evaluation, FailureKind, Trial


class Result(NamedTuple):
    """What a finished cell's record holds beside its settings.

    Attributes:
        parts: `runs`, `search` and `cost`: what another run would find too.
        volatile: `cpu_s` and `tier`.
    """

    parts: dict[str, Any]
    volatile: dict[str, Any]


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


def play_cell(ground: Ground, cell: Cell) -> Result:
    """Random play or the oracle, over as many fresh episodes as one training is scored on."""
    seeds = report_seeds(ground, 0)
    env = make_batch(_fresh(ground), len(seeds.episodes), truth=True)
    rng = generator(ground.protocol.seed, "report", "random actions", cell.task)
    is_random = cell.settings["player"] == "random"
    act = random_actor(env, rng) if is_random else oracle_actor(getattr(env, "inner", env))
    found = summarise([play(env, act, seeds.episodes)])
    env.close()
    run = {
        "replicate": 0,
        "success": found["success"],
        "mean_length": found["mean_length"],
        "performance": found.get("performance"),
        "n_episodes": len(seeds.episodes),
        "env_steps": 0,
        "failure": None,
    }
    return Result({"runs": [run], "search": None, "cost": {"env_steps": 0}}, {"cpu_s": 0.0})


def train_cells(bench: Bench, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Result]]:
    """Fixed rewards: one training each, side by side."""
    jobs = [
        Training(
            key=f"{cell.row}/{cell.seed}".replace(" ", "-"),
            source=cell.settings["source"],
            layer=cell.settings["layer"],
            env_steps=int(cell.settings["env_steps"]),
            replicate=int(cell.settings["replicate"]),
            novelty=float(cell.settings["novelty"]),
            rnd=float(cell.settings["rnd"]),
        )
        for cell in cells
    ]
    for cell, (run, cpu_s) in zip(cells, train_all(bench, jobs, NoMemory()), strict=True):
        cost = {"env_steps": run["env_steps"]}
        yield (
            cell,
            Result(
                {"runs": [run], "search": None, "cost": cost},
                {"cpu_s": round(cpu_s, 3), "tier": bench.pool.tier},
            ),
        )


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
    trainees = [_trainee(ground, training, its) for training, its in told]
    outcomes = Evaluator(bench.pool, store, bench.view).run(trainees)
    scored = [(i, outcome) for i, outcome in enumerate(outcomes) if outcome.score is not None]
    extra = [job for i, outcome in scored for job in _extra_jobs(ground, *told[i], outcome)]
    results = _run_jobs(bench.pool, extra)
    return [
        _run(training, outcome, results)
        for training, outcome in zip(trainings, outcomes, strict=True)
    ]


def _trainee(ground: Ground, training: Training, seeds: ReportSeeds) -> Trainee:
    preset = ground.preset.model_dump(mode="json")
    return Trainee(
        key=training.key,
        train=TrainPayload(
            env=ground.ref.to_json(),
            source=training.source,
            layer=training.layer,
            preset=preset,
            segments=((seeds.train, training.env_steps),),
            novelty=training.novelty,
            rnd=training.rnd,
        ),
        evaluate=EvaluatePayload(
            env=_fresh(ground).to_json(),
            preset=preset,
            seeds=seeds.episodes,
            action_seed=seeds.actions,
        ),
    )


def _fresh(ground: Ground) -> EnvRef:
    """The env that policies are scored on: the other half of the layouts, where there are two."""
    return replace(ground.ref, split=other_half(ground.ref.split))


def _extra_jobs(
    ground: Ground, training: Training, seeds: ReportSeeds, outcome: Outcome
) -> Iterator[Job]:
    """The audit of the reward, and the score on layouts like those that were trained on."""
    preset = ground.preset.model_dump(mode="json")
    audit = AuditPayload(
        env=_fresh(ground).to_json(),
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
    seconds = 60.0 + EVALUATION_STEPS * len(payload["seeds"]) / MIN_STEPS_PER_SECOND
    limits = Limits(wall_s=seconds, cpu_s=seconds)
    return Job(id=key, entry=entry, payload=payload, arrays=outcome.arrays, limits=limits)


def _run_jobs(pool: Pool, jobs: Sequence[Job]) -> dict[str, JobResult]:
    """Results by job id; a job that the machine failed is tried again.

    Raises:
        MachineError: It failed again and again.
    """
    done: dict[str, JobResult] = {}
    waiting = list(jobs)
    for _ in range(ATTEMPTS):
        done |= {result.job_id: result for result in pool.map(waiting)}
        waiting = [job for job in waiting if _is_machines(done[job.id])]
        if not waiting:
            return done
    told = final_message(done[waiting[0].id])
    raise MachineError(
        f"Worker {waiting[0].id} failed {ATTEMPTS} times: {told.get('text')}",
        cure="Run `alignenv doctor`; finished cells are kept, run the same command again.",
    )


def _is_machines(result: JobResult) -> bool:
    return final_message(result).get("failure") == FailureKind.INFRASTRUCTURE


def _run(
    training: Training, outcome: Outcome, extra: Mapping[str, JobResult]
) -> tuple[dict[str, Any], float]:
    """One run of a record; a failed training has success 0."""
    cpu_s = outcome.cpu_s
    found: dict[str, Any] = {
        "replicate": training.replicate,
        "success": 0.0,
        "env_steps": outcome.env_steps,
        "failure": None,
    }
    if outcome.failure is not None or outcome.score is None:
        kind = outcome.failure.kind.value if outcome.failure else "unknown"
        return {**found, "failure": kind}, cpu_s
    audit = extra[f"{training.key}/audit"]
    found |= asdict(outcome.score)
    found["compiled"] = outcome.compiled
    found["curve"] = [
        [point.env_steps, point.success, point.designed_return] for point in outcome.curve
    ]
    found["returns"] = final_message(audit).get("returns", {})
    cpu_s += audit.cpu_s
    if (met := extra.get(f"{training.key}/met")) is not None:
        found["success_met"] = final_message(met)["score"]["success"]
        cpu_s += met.cpu_s
    return found, cpu_s


def search_cell(bench: Bench, cell: Cell) -> Result:
    """One search, and trainings of its winner on seeds that it never saw.

    A search that was interrupted goes on where its study ends.
    """
    folder = bench.folder / cell.id
    recorded = _study_settings(cell)
    is_begun = (folder / "study.db").exists()
    study = Study.resume(folder, recorded) if is_begun else Study.create(folder, recorded)
    with study:
        result = _search(bench, cell, study)
        _keep_replies(bench.replies(cell), study)
    shutil.rmtree(folder)
    return result


def _keep_replies(path: Path, study: Study) -> None:
    """Write a model's replies as one file, whole or absent, unless they came from it."""
    recording = study.journal.recording()
    if recording and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        write_recording(part, recording)
        part.replace(path)


def _study_settings(cell: Cell) -> StudySettings:
    from importlib import metadata

    told = cell.settings
    return StudySettings(
        env_id=cell.task,
        seed=told["search_seed"],
        designer=told.get("designer", "recorded"),
        designer_options=told.get("designer_options", {}),
        coder=told.get("coder", NO_CODER),
        generations=told["search"]["generations"],
        candidates=told["search"]["candidates"],
        protocol={"cell": cell.id},
        versions={name: metadata.version(name) for name in VERSIONS},
    )


def _search(bench: Bench, cell: Cell, study: Study) -> Result:
    ground, told = bench.ground, cell.settings
    designer = _designer(bench, cell, study)
    search = Search(
        ref=ground.ref,
        designer=designer,
        protocol=Protocol.model_validate(told["search"]),
        preset=ground.preset,
        seed=told["search_seed"],
        evaluator=Evaluator(bench.pool, study, bench.view),
        study=study,
        view=bench.view,
    )
    trials = search.find()
    best = winner(designer, trials)
    bench.view.phase(f"{cell.row}: its winner on fresh seeds")
    runs = _winner_runs(bench, cell, study, best)
    evaluated = [trial.evaluation for trial in trials if trial.evaluation is not None]
    spent = study.journal.totals()
    steps = sum(evaluation.env_steps for evaluation in evaluated)
    cpu_s = sum(e.cpu_s for e in evaluated) + sum(seconds for _, seconds in runs)
    found = {
        "best": best.candidate.id if best else None,
        "source": best.candidate.source if best else "",
        "candidates": [_candidate(trial) for trial in trials],
    }
    cost = {
        "env_steps_search": steps,
        "env_steps": steps + sum(run["env_steps"] for run, _ in runs),
        "calls": spent.calls,
        "tokens": spent.tokens,
        "usd": spent.usd,
    }
    return Result(
        {"runs": [run for run, _ in runs], "search": found, "cost": cost},
        {"cpu_s": round(cpu_s, 3), "tier": bench.pool.tier},
    )


def _winner_runs(
    bench: Bench, cell: Cell, study: Study, best: Trial | None
) -> list[tuple[dict[str, Any], float]]:
    """Report trainings of the winner; without one, all count as success 0."""
    if best is None:
        lost = {"success": 0.0, "env_steps": 0, "failure": "no candidate"}
        return [({**lost, "replicate": number}, 0.0) for number in cell.replicates]
    trainings = [
        Training(
            key=f"report/{number}",
            source=best.candidate.source,
            layer=str(cell.settings["search"]["layer"]),
            env_steps=int(cell.settings["env_steps"]),
            replicate=number,
        )
        for number in cell.replicates
    ]
    return train_all(bench, trainings, study)


def _designer(bench: Bench, cell: Cell, study: Study) -> Designer:
    told, task = cell.settings, bench.ground.task
    if cell.kind == "programs":
        named = [RecordedProgram(name, text) for name, text in sorted(told["programs"].items())]
        return Recorded(named)
    plan = plan_designer(told["designer"], told["coder"], told["designer_options"], task.rewards)
    if plan.coder == NO_CODER:
        return plan.build(None, task.card, told["search_seed"])
    replies = bench.replies(cell)
    coder = make_coder(
        f"replay:{replies}" if replies.exists() else plan.coder,
        task.card,
        journal=study.journal,
        budget=bench.budget,
        base_url=bench.base_url,
    )
    return plan.build(coder, task.card, told["search_seed"])


def _candidate(trial: Trial) -> dict[str, Any]:
    """A candidate's line in a record."""
    evaluation: Evaluation | None = trial.evaluation
    return {
        "id": trial.candidate.id,
        "note": trial.candidate.note if trial.candidate.coder == "recorded" else "",
        "outcome": trial.outcome,
        "success": evaluation.score.success if evaluation else 0.0,
        "milestones": evaluation.score.milestones if evaluation else 0.0,
        "env_steps": evaluation.env_steps if evaluation else 0,
        "valid": evaluation is not None,
    }
