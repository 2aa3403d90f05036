"""Trains and scores many policies at once in the sandbox, and remembers every finished part.

A training and its evaluation are two jobs: a worker that may run reward code returns weights, and
a pristine one that never does measures TRUE success. Each result is in the study before it is
used, so a run that was killed asks again only for what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pydantic import TypeAdapter

from alignenv.agents.weights import Arrays
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.benchmarks.retries import ATTEMPTS, final_message, gave_up, is_machines
from alignenv.benchmarks.view import RunView
from alignenv.reward_design.sandbox import Job, JobResult, Limits, Pool
from alignenv.reward_design.sandbox.tiers import weakest
from alignenv.reward_design.study import StoredResult
from alignenv.types import ComponentStats, CurvePoint, Episode, Failure, FailureKind, Score

TRAIN_ENTRY = "alignenv.benchmarks.jobs:TRAIN"
EVALUATE_ENTRY = "alignenv.benchmarks.jobs:EVALUATE"
MIN_STEPS_PER_SECOND = 300
"""A training slower than this is stopped; two orders below what the presets reach."""
EVALUATION_STEPS = 20_000
"""Steps that the limits of an evaluation allow per episode."""

_EPISODES = TypeAdapter(tuple[Episode, ...])
_CURVE = TypeAdapter(tuple[CurvePoint, ...])
_COMPONENTS = TypeAdapter(dict[str, ComponentStats])
_SCORE = TypeAdapter(Score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """One policy to train and score.

    Attributes:
        key: Unique in the study, such as "g00c03/rung0".
        train: What the training worker is told.
        evaluate: What the evaluation worker is told.
        start: Arrays to continue from; None to begin from scratch.
    """

    key: str
    train: TrainPayload
    evaluate: EvaluatePayload
    start: Arrays | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trainee: a failure, or a score with its evidence."""

    failure: Failure | None = None
    score: Score | None = None
    env_steps: int = 0
    curve: tuple[CurvePoint, ...] = ()
    components: Mapping[str, ComponentStats] = field(default_factory=dict)
    episodes: tuple[Episode, ...] = ()
    arrays: Arrays = field(default_factory=dict)
    compiled: bool = True
    cpu_s: float = 0.0
    tier: str = ""


class ResultStore(Protocol):
    """Remembers finished jobs; a study is one."""

    def find_result(self, key: str) -> StoredResult | None:
        """The result recorded under `key`, if there is one."""
        ...

    def record_result(
        self,
        key: str,
        document: Mapping[str, Any],
        arrays: Mapping[str, Any] | None = None,
        *,
        volatile: Mapping[str, Any],
    ) -> None:
        """Keep a result; it is on disk when this returns."""
        ...


class NoMemory:
    """Remembers nothing, for runs too short to resume."""

    def find_result(self, key: str) -> None:
        """There never is one."""

    def record_result(
        self,
        key: str,
        document: Mapping[str, Any],
        arrays: Mapping[str, Any] | None = None,
        *,
        volatile: Mapping[str, Any],
    ) -> None:
        """Let it go."""


class _Finished(NamedTuple):
    document: dict[str, Any]
    arrays: Arrays
    cpu_s: float
    tier: str
    reached: int


Listener = Callable[[str, Mapping[str, Any]], None]
"""Takes the key of a trainee and a message of its worker."""


class Evaluator:
    """Runs trainees over a pool of sandboxed workers, memoised by a store.

    Args:
        pool: The workers.
        store: Remembers finished jobs.
        view: Shows progress.
        listener: Told of every message of a worker, with the key of its trainee.
    """

    def __init__(
        self,
        pool: Pool,
        store: ResultStore,
        view: RunView,
        listener: Listener | None = None,
    ) -> None:
        self._pool, self._store, self._view, self._listener = pool, store, view, listener

    def over(self, store: ResultStore) -> Evaluator:
        """The same with another memory."""
        return Evaluator(self._pool, store, self._view, self._listener)

    def run(self, trainees: Sequence[Trainee]) -> list[Outcome]:
        """Train and score all of them; outcomes in the order given.

        Raises:
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        batch = _Batch(self._pool, self._store, self._view, trainees, self._listener)
        while batch.is_running:
            batch.advance()
        return [batch.outcome(trainee.key) for trainee in trainees]


class _Batch:
    """The state of one call of `Evaluator.run`."""

    def __init__(
        self,
        pool: Pool,
        store: ResultStore,
        view: RunView,
        trainees: Sequence[Trainee],
        listener: Listener | None,
    ) -> None:
        self._pool, self._store, self._view, self._listener = pool, store, view, listener
        self._trainees = {trainee.key: trainee for trainee in trainees}
        self._jobs: dict[str, Job] = {}
        self._attempts: dict[str, int] = {}
        self._trained: dict[str, _Finished] = {}
        self._scored: dict[str, _Finished] = {}
        for trainee in trainees:
            self._view.started(trainee.key, sum(n for _, n in trainee.train.segments))
        for trainee in trainees:
            self._start(_training(trainee), trainee)

    @property
    def is_running(self) -> bool:
        return bool(self._jobs)

    def advance(self) -> None:
        event = self._pool.next_event(timeout=0.5)
        if event is None:
            return
        if event.result is not None:
            self._finish_job(event.result)
        elif event.message is not None:
            self._hear(_stage_key(event.job_id), event.message)

    def _hear(self, key: str, message: Mapping[str, Any]) -> None:
        if self._listener is not None:
            self._listener(key, message)
        if message.get("kind") == "point":
            self._view.advanced(key, int(message.get("env_steps", 0)), message.get("success"))

    def _start(self, job: Job, trainee: Trainee) -> None:
        """Do the job, unless its result is already known."""
        if (stored := self._stored(job.id)) is None:
            self._submit(job)
        else:
            self._take(job, trainee, stored)

    def _take(self, job: Job, trainee: Trainee, finished: _Finished) -> None:
        if job.entry == TRAIN_ENTRY:
            self._take_training(trainee, finished)
        else:
            self._take_score(trainee, finished)

    def _take_training(self, trainee: Trainee, finished: _Finished) -> None:
        self._trained[trainee.key] = finished
        if finished.document["kind"] == "failed":
            self._view.ended(trainee.key, str(finished.document["failure"]))
        else:
            self._start(_evaluation(trainee, finished.arrays), trainee)

    def _take_score(self, trainee: Trainee, finished: _Finished) -> None:
        self._scored[trainee.key] = finished
        score = finished.document.get("score")
        text = f"{score['success']:.0%}" if score else str(finished.document.get("failure"))
        self._view.ended(trainee.key, text)

    def _submit(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._attempts[job.id] = self._attempts.get(job.id, 0) + 1
        self._pool.submit(job)

    def _finish_job(self, result: JobResult) -> None:
        job = self._jobs.pop(result.job_id)
        document = final_message(result)
        if is_machines(document):
            self._retry(job, document)
            return
        arrays = result.arrays if job.entry == TRAIN_ENTRY else {}
        kept, told = _split(document)
        spent = {"cpu_s": result.cpu_s, "wall_s": result.wall_s, "reached": _reached(result)}
        volatile = {**spent, "tier": result.tier, **told}
        self._store.record_result(job.id, kept, arrays=arrays, volatile=volatile)
        trainee = self._trainees[_stage_key(job.id)]
        self._take(job, trainee, _finished(document, arrays, volatile))

    def _retry(self, job: Job, document: Mapping[str, Any]) -> None:
        if self._attempts[job.id] >= ATTEMPTS:
            raise gave_up(job.id, document)
        self._view.note(f"{job.id}: {document.get('text')}; trying again")
        self._submit(job)

    def _stored(self, key: str) -> _Finished | None:
        stored = self._store.find_result(key)
        if stored is None:
            return None
        document = dict(stored.document)
        if "text" in stored.volatile:
            document["text"] = stored.volatile["text"]
        return _finished(document, dict(stored.arrays), stored.volatile)

    def outcome(self, key: str) -> Outcome:
        trained, scored = self._trained[key], self._scored.get(key)
        told = trained.document
        if scored is None:
            steps = trained.reached
            return Outcome(failure=_failure(told), env_steps=steps, cpu_s=trained.cpu_s)
        cpu_s = trained.cpu_s + scored.cpu_s
        if scored.document["kind"] == "failed":
            steps = int(told["env_steps"])
            return Outcome(failure=_failure(scored.document), env_steps=steps, cpu_s=cpu_s)
        return Outcome(
            score=_SCORE.validate_python(scored.document["score"]),
            env_steps=int(told["env_steps"]),
            curve=_CURVE.validate_python(told["curve"]),
            components=_COMPONENTS.validate_python(told["components"]),
            episodes=_EPISODES.validate_python(scored.document["episodes"]),
            arrays=trained.arrays,
            compiled=bool(told["compiled"]),
            cpu_s=cpu_s,
            tier=weakest((trained.tier, scored.tier)),
        )


def _finished(document: dict[str, Any], arrays: Arrays, volatile: Mapping[str, Any]) -> _Finished:
    return _Finished(
        document,
        arrays,
        cpu_s=float(volatile["cpu_s"]),
        tier=str(volatile["tier"]),
        reached=int(volatile.get("reached", 0)),
    )


def _reached(result: JobResult) -> int:
    """Env steps of the last point of the curve that a worker told of."""
    points = [m for m in result.messages if m.get("kind") == "point"]
    return int(points[-1]["env_steps"]) if points else 0


def _training(trainee: Trainee) -> Job:
    return Job(
        id=f"{trainee.key}/train",
        entry=TRAIN_ENTRY,
        payload=trainee.train.model_dump(mode="json"),
        arrays=trainee.start or {},
        limits=limits_for(sum(n for _, n in trainee.train.segments)),
    )


def _evaluation(trainee: Trainee, arrays: Arrays) -> Job:
    return Job(
        id=f"{trainee.key}/evaluate",
        entry=EVALUATE_ENTRY,
        payload=trainee.evaluate.model_dump(mode="json"),
        arrays=arrays,
        limits=limits_for(EVALUATION_STEPS * len(trainee.evaluate.seeds)),
    )


def limits_for(env_steps: int) -> Limits:
    """Limits of a job of so many env steps, generous even on a slow machine."""
    seconds = 60.0 + env_steps / MIN_STEPS_PER_SECOND
    return Limits(wall_s=seconds, cpu_s=seconds)


def _stage_key(job_id: str) -> str:
    return job_id.rsplit("/", 1)[0]


def _split(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document, and apart from it the words about limits: they carry seconds and bytes."""
    kept = dict(document)
    is_measured = str(document.get("code", "")).startswith("W")
    return kept, {"text": kept.pop("text")} if is_measured else {}


def _failure(document: Mapping[str, Any]) -> Failure:
    return Failure(
        kind=FailureKind(document["failure"]),
        code=str(document.get("code", "")),
        message=str(document.get("text", ""))[:2000],
    )
