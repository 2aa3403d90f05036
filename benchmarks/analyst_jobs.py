"""From the trials of a generation to trials with an analysis: payments first, then the analyst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from alignenv.analysis import Analyst
from alignenv.benchmarks.payments import PayPayload, Played
from alignenv.envs.make import EnvRef
from alignenv.errors import MachineError
from alignenv.evidence import Payment
from alignenv.reward_design.analysts.episodes import studied
from alignenv.reward_design.sandbox import Executor, Job, Limits
from alignenv.task import TaskCard
from alignenv.types import Episode, FailureKind, Trial

PAY_ENTRY = "alignenv.benchmarks.jobs:PAY"
PAY_LIMITS = Limits(wall_s=120.0, cpu_s=120.0)
ATTEMPTS = 3
"""How often a job is tried when the machine, not the program, was at fault."""

Paid = tuple[tuple[Payment, ...], ...]
"""Payments in each of several episodes."""

_PAID = TypeAdapter(Paid)


class PayOrder(NamedTuple):
    """Episodes in which a program is to be paid; `key` is unique in the study."""

    key: str
    env: EnvRef
    source: str
    episodes: tuple[Episode, ...]


class Paymaster:
    """Asks sandboxed workers what programs pay, memoised by a store.

    Args:
        pool: Workers; nothing else of it may be in flight. None until `use` names them.
        store: As of the `Evaluator`.
    """

    def __init__(self, pool: Executor | None, store: Any) -> None:
        self._pool, self._store = pool, store

    def use(self, pool: Executor) -> None:
        """Ask these workers from now on."""
        self._pool = pool

    def pay(self, orders: Sequence[PayOrder]) -> list[Paid]:
        """Payments by order; empty for each episode where the program has no value or a limit hit.

        Raises:
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        assert self._pool is not None, "workers are named before programs are paid"
        documents: dict[str, Mapping[str, Any]] = {}
        for order in orders:
            if (stored := self._store.find_result(order.key)) is not None:
                documents[order.key] = stored.document
        missing = [order for order in orders if order.key not in documents]
        for _ in range(ATTEMPTS):
            if not missing:
                break
            for result in self._pool.map([_job(order) for order in missing]):
                document = _document(result.messages) if result.failure is None else {}
                if result.failure and result.failure.kind is FailureKind.INFRASTRUCTURE:
                    continue
                documents[result.job_id] = document
                spent = {"cpu_s": result.cpu_s, "wall_s": result.wall_s, "tier": result.tier}
                self._store.record_result(result.job_id, document, arrays={}, volatile=spent)
            missing = [order for order in missing if order.key not in documents]
        if missing:
            raise MachineError(
                f"Worker {missing[0].key} failed {ATTEMPTS} times.",
                cure="Run `alignenv doctor`; finished work is kept, continue with --resume.",
            )
        return [_paid(documents[order.key], len(order.episodes)) for order in orders]


class Analysing(NamedTuple):
    """What a search does with the trials of a generation for its analyst.

    Attributes:
        analyst: Who names what went wrong.
        card: The task.
        env: The env that the episodes were played in.
        paymaster: Who says what programs pay; None for an analyst that looks at no episodes.
    """

    analyst: Analyst
    card: TaskCard
    env: EnvRef
    paymaster: Paymaster | None

    def analysed(self, trials: Sequence[Trial]) -> list[Trial]:
        """The trials, in candidate-id order, each with its analysis and what it was made of."""
        told = list(trials)
        if self.paymaster is not None:
            told = paid_trials(trials, self.env, self.paymaster)
        analyses = self.analyst.analyse(self.card, told)
        return [replace(t, analysis=a) for t, a in zip(told, analyses, strict=True)]


def paid_trials(trials: Sequence[Trial], env: EnvRef, paymaster: Paymaster) -> list[Trial]:
    """The trials with what each program paid in its studied episodes."""
    chosen = {t.candidate.id: studied(t.evaluation) for t in trials if t.evaluation is not None}
    orders = [
        PayOrder(f"{t.candidate.id}/pay", env, t.candidate.source, chosen[t.candidate.id])
        for t in trials
        if chosen.get(t.candidate.id)
    ]
    paid = {o.key: one for o, one in zip(orders, paymaster.pay(orders), strict=True)}
    return [_with_payments(t, chosen, paid.get(f"{t.candidate.id}/pay", ())) for t in trials]


def _with_payments(trial: Trial, chosen: Mapping[str, tuple[Episode, ...]], paid: Paid) -> Trial:
    if trial.evaluation is None or not paid:
        return trial
    found = {
        (episode.label, episode.seed): payments
        for episode, payments in zip(chosen[trial.candidate.id], paid, strict=True)
    }
    episodes = tuple(
        replace(e, payments=found.get((e.label, e.seed), ())) for e in trial.evaluation.episodes
    )
    return replace(trial, evaluation=replace(trial.evaluation, episodes=episodes))


def _job(order: PayOrder) -> Job:
    played = tuple(Played(seed=e.seed, actions=e.actions) for e in order.episodes)
    payload = PayPayload(env=dict(order.env.to_json()), source=order.source, episodes=played)
    return Job(
        id=order.key, entry=PAY_ENTRY, payload=payload.model_dump(mode="json"), limits=PAY_LIMITS
    )


def _document(messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The worker's result; empty where it ended without one."""
    results = [dict(message) for message in messages if message.get("kind") == "result"]
    return results[-1] if results else {}


def _paid(document: Mapping[str, Any], n: int) -> Paid:
    """What a worker said, checked; nothing where it does not fit."""
    try:
        paid = _PAID.validate_python(document.get("payments"))
    except ValidationError:
        paid = ()
    return paid if len(paid) == n else ((),) * n
