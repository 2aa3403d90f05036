"""From the trials of a generation to trials with an analysis: payments first, then the analyst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter, ValidationError

from alignenv.analysis import Analyst
from alignenv.benchmarks.payments import Walk, replay_states, summaries, transitions
from alignenv.benchmarks.valuing import UNUSABLE, Order, Valued, Valuer
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ProgramError
from alignenv.evidence import Payment
from alignenv.program import Program, parse_program
from alignenv.reward_design.analysts.episodes import studied
from alignenv.reward_design.sandbox import Executor
from alignenv.task import TaskCard
from alignenv.types import Episode, FailureKind, Trial

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
        documents |= self._asked(missing)
        return [_paid(documents[order.key], len(order.episodes)) for order in orders]

    def _asked(self, orders: Sequence[PayOrder]) -> dict[str, Mapping[str, Any]]:
        """Documents by key, each recorded as soon as it is there."""
        assert self._pool is not None, "workers are named before programs are paid"
        documents: dict[str, Mapping[str, Any]] = {}
        asked: list[tuple[PayOrder, Program, list[Walk]]] = []
        for order in orders:
            card = order.env.resolve().card
            try:
                program = parse_program(order.source, card.state, card.action)
            except ProgramError:
                documents[order.key] = _unpaid(order)
                self._store.record_result(order.key, _unpaid(order), arrays={}, volatile={})
            else:
                asked.append((order, program, _walks(order)))

        def keep(number: int, answer: Valued) -> None:
            order, program, walks = asked[number]
            documents[order.key] = document = _document(order, program, walks, answer)
            self._store.record_result(order.key, document, arrays={}, volatile=answer.spent)

        valued = [Order(o.env, program, transitions(walks)) for o, program, walks in asked]
        Valuer(self._pool).value(valued, keep)
        return documents


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


def _walks(order: PayOrder) -> list[Walk]:
    """The episodes, again in a pristine env."""
    env = make_batch(order.env, 1)
    walks = [replay_states(env, episode.seed, episode.actions) for episode in order.episodes]
    env.close()
    return walks


def _document(
    order: PayOrder, program: Program, walks: Sequence[Walk], answer: Valued
) -> dict[str, Any]:
    """What is kept of an answer; nothing where a limit was reached."""
    if answer.failure is not None:
        has_none = answer.failure.kind in (FailureKind.VALUE, FailureKind.COMPILE)
        return _unpaid(order) if has_none and answer.failure != UNUSABLE else {}
    assert answer.values is not None, "what has no failure has values"
    ends = np.cumsum([len(walk.actions) for walk in walks])[:-1]
    parts = np.split(answer.values, ends)
    paid = [summaries(program, walk, part) for walk, part in zip(walks, parts, strict=True)]
    return {"kind": "result", "payments": [[asdict(p) for p in one] for one in paid]}


def _unpaid(order: PayOrder) -> dict[str, Any]:
    """What is kept of a program without a value somewhere."""
    return {"kind": "result", "payments": [[] for _ in order.episodes]}


def _paid(document: Mapping[str, Any], n: int) -> Paid:
    """What a worker said, checked; nothing where it does not fit."""
    try:
        paid = _PAID.validate_python(document.get("payments"))
    except ValidationError:
        paid = ()
    return paid if len(paid) == n else ((),) * n
