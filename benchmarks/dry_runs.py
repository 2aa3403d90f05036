"""Runs programs on recorded transitions for designers that want to know before a training does.

The transitions are those of the dry run that every training begins with, so that what passes here
passes there. Programs run in sandboxed workers alone, and what came of each is in the study
before it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from alignenv.benchmarks.dry_run import record_transitions
from alignenv.benchmarks.evaluator import ResultStore
from alignenv.benchmarks.valuing import Order, Transitions, Valued, Valuer
from alignenv.envs.make import EnvRef
from alignenv.program import parse_program
from alignenv.reward_design.designers.execution import Executing
from alignenv.reward_design.sandbox import Executor
from alignenv.types import Failure, FailureKind

_FAILURE = TypeAdapter(Failure | None)


class DryRuns:
    """Why programs have no values on the transitions of a task's dry run.

    Args:
        ref: The task.
        pool: Workers; nothing else of it may be in flight.
        store: Where answers are kept.
    """

    def __init__(self, ref: EnvRef, pool: Executor, store: ResultStore) -> None:
        self._ref, self._pool, self._store = ref, pool, store
        self._card = ref.resolve().card
        self._recorded: Transitions | None = None

    def failures(self, sources: Sequence[str]) -> Sequence[Failure | None]:
        """Why each program has no value somewhere; None where it has, or hit a limit.

        Args:
            sources: Programs that the language accepts.

        Raises:
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        missing = [s for s in dict.fromkeys(sources) if self._store.find_result(_key(s)) is None]
        if missing:
            self._run(missing)
        return [self._read(source) for source in sources]

    def _run(self, sources: Sequence[str]) -> None:
        if self._recorded is None:
            self._recorded = _transitions(self._ref)
        programs = [parse_program(s, self._card.state, self._card.action) for s in sources]

        def keep(number: int, answer: Valued) -> None:
            failure = answer.failure
            if failure is not None and failure.kind not in (FailureKind.VALUE, FailureKind.COMPILE):
                failure = None  # limits of time and memory are the training's to tell
            document: dict[str, Any] = {"failure": None if failure is None else asdict(failure)}
            self._store.record_result(_key(sources[number]), document, volatile=answer.spent)

        orders = [Order(self._ref, program, self._recorded) for program in programs]
        Valuer(self._pool).value(orders, keep)

    def _read(self, source: str) -> Failure | None:
        stored = self._store.find_result(_key(source))
        assert stored is not None, "what was run is recorded"
        return _FAILURE.validate_python(stored.document["failure"])


def offer_runs(designer: object, ref: EnvRef, pool: Executor, store: ResultStore) -> None:
    """Let a designer run programs, if it wants to."""
    if isinstance(designer, Executing):
        designer.use(DryRuns(ref, pool, store))


def _transitions(ref: EnvRef) -> Transitions:
    """The dry run's transitions, with the records before and after below each other."""
    recorded = record_transitions(ref)
    n = len(recorded.t)
    return Transitions(
        records=np.concatenate([recorded.prev, recorded.state]),
        before=np.arange(n),
        action=recorded.action,
        after=np.arange(n, 2 * n),
        t=recorded.t,
    )


def _key(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"dryrun/{digest}"
