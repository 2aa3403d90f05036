"""The critic at work in a search: programs are paid in workers, judged, recorded, and scored.

A judgement is in the study before it is used, so that a search which was stopped goes on with the
same ones. What the critic learns of outcomes changes only in `tell`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from alignenv.benchmarks.audit_gate import AuditGate
from alignenv.benchmarks.critic_evidence import evidence_of
from alignenv.benchmarks.evaluator import ResultStore
from alignenv.benchmarks.valuing import Order, Transitions, Valued, Valuer
from alignenv.critique import (
    SUCCESS,
    Case,
    Critic,
    Evidence,
    Floats,
    Judgement,
    LearningCritic,
    Payments,
    Verdict,
)
from alignenv.envs.make import EnvRef
from alignenv.errors import CallOrderError, ProgramError
from alignenv.program import Program, parse_program
from alignenv.reward_design.critic.measures import shaped
from alignenv.reward_design.critic.panel import is_rejected
from alignenv.reward_design.critic.words import for_coder
from alignenv.reward_design.sandbox import Executor
from alignenv.types import Candidate, Failure, FailureKind, Trial

_JUDGEMENT = TypeAdapter(Judgement)


class Examiner:
    """Turns programs into cases: what each pays on a task's evidence, computed in workers.

    Args:
        ref: The task.
        evidence: What was recorded of it.
        pool: Workers; nothing else of it may be in flight.
    """

    def __init__(self, ref: EnvRef, evidence: Evidence, pool: Executor) -> None:
        self._ref, self.evidence, self._valuer = ref, evidence, Valuer(pool)
        self._card = ref.resolve().card

    def examine(self, sources: Sequence[str]) -> list[Case]:
        """One case per program.

        Raises:
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        cases = [Case(card=self._card, source=s, evidence=self.evidence) for s in sources]
        parsed: dict[int, Program] = {}
        for i, case in enumerate(cases):
            try:
                parsed[i] = parse_program(case.source, self._card.state, self._card.action)
            except ProgramError as error:
                rule = error.problems[0].rule
                failure = Failure(kind=FailureKind.RULE, code=rule, message=str(error))
                cases[i] = replace(case, failure=failure)
        where = transitions_of(self.evidence)
        answers = self._valuer.value([Order(self._ref, p, where) for p in parsed.values()])
        for (i, program), answer in zip(parsed.items(), answers, strict=True):
            if answer.values is None:
                cases[i] = replace(cases[i], failure=self._failure(answer))
            else:
                paid = paid_on(self.evidence, program, answer.values)
                cases[i] = replace(cases[i], payments=paid)
        return cases

    def _failure(self, answer: Valued) -> Failure:
        failure = answer.failure
        assert failure is not None, "what has no values has a failure"
        if failure.kind not in (FailureKind.VALUE, FailureKind.COMPILE):
            words = f"It was stopped: {failure.kind.value} {failure.code}."
            return replace(failure, message=words)  # its own carry seconds and bytes, which vary
        if answer.row is None:
            return failure
        return replace(failure, message=f"{failure.message} {self._where(answer.row)}")

    def _where(self, row: int) -> str:
        recording = next(
            r for r in self.evidence.recordings if r.first <= row < r.first + r.n_steps
        )
        step = recording.branch + row - recording.first + 1
        return f"Seen at step {step} of layout {recording.layout}, of a player that " + (
            f"{recording.doing}."
        )


def transitions_of(evidence: Evidence) -> Transitions:
    """What was recorded of a task, as transitions to value."""
    return Transitions(
        records=evidence.states,
        before=evidence.before,
        action=evidence.action,
        after=evidence.after,
        t=evidence.t,
        t_before=np.maximum(evidence.t - 1.0 / evidence.horizon, 0.0),
    )


def paid_on(evidence: Evidence, program: Program, values: Floats) -> Payments:
    """What a program pays on evidence, from its values there."""
    if program.kind == "potential":
        return shaped(evidence, values[:, 0], values[:, 1])
    return Payments(total=values[:, 0], components=values[:, 1:], names=program.components)


class CriticDesk:
    """Judges the programs of one search, and keeps the critic's record.

    Args:
        critic: Who judges.
        ref: The task.
        gamma: The learner's discount.
        store: Where judgements are kept.
    """

    def __init__(self, critic: Critic, ref: EnvRef, gamma: float, store: ResultStore) -> None:
        self._critic, self._ref, self._gamma, self._store = critic, ref, gamma, store
        self._pool: Executor | None = None
        self._gate: AuditGate | None = None
        self._examiner: Examiner | None = None
        self._epoch = 0
        self._now: dict[str, Judgement] = {}
        self._numbers: dict[str, int] = {}
        self._reviewed: dict[str, Judgement] = {}
        self._scores: list[tuple[float, float]] = []
        self._n_rejected = 0

    def use(self, pool: Executor, gate: AuditGate | None = None) -> None:
        """Examine programs with these workers, and tell the critic what an audit found."""
        self._pool, self._gate = pool, gate

    def judge(self, sources: Sequence[str]) -> Sequence[Judgement]:
        """One judgement per program, from the record where there is one.

        Raises:
            CallOrderError: No workers were given.
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        waiting = [s for s in dict.fromkeys(sources) if s not in self._now]
        for source in waiting:
            self._numbers.setdefault(source, len(self._numbers))
            stored = self._store.find_result(self._key(source))
            if stored is not None:
                self._now[source] = _JUDGEMENT.validate_python(stored.document)
        fresh = [s for s in waiting if s not in self._now]
        if fresh:
            cases = self._examined(fresh)
            numbered = [replace(c, number=self._numbers[c.source]) for c in cases]
            for source, judgement in zip(fresh, self._critic.judge(numbered), strict=True):
                self._store.record_result(self._key(source), asdict(judgement), volatile={})
                self._now[source] = judgement
        return [self._now[source] for source in sources]

    def _examined(self, sources: Sequence[str]) -> list[Case]:
        """Cases of programs; the task's evidence is recorded the first time."""
        if self._examiner is None:
            if self._pool is None:
                raise CallOrderError("The critic has no workers.", cure="Call use(pool) first.")
            evidence = evidence_of(self._ref, self._gamma)
            self._examiner = Examiner(self._ref, evidence, self._pool)
        cases = self._examiner.examine(sources)
        if self._gate is None:
            return cases
        return [
            case if case.failure else replace(case, seen=self._gate.findings(case.source))
            for case in cases
        ]

    def review(self, candidates: Sequence[Candidate]) -> dict[str, Failure]:
        """The rejected of a generation's candidates, with the reason.

        Never all of a generation are: the one that the critic thinks best of is trained.
        """
        judged = dict(
            zip(
                [c.id for c in candidates],
                self.judge([c.source for c in candidates]),
                strict=True,
            )
        )
        self._reviewed.update(judged)
        bad = {i: j for i, j in judged.items() if is_rejected(j)}
        if len(bad) == len(judged) and bad:
            del bad[max(bad, key=lambda i: bad[i].p_success)]
        self._n_rejected += len(bad)
        return {i: _rejection(judgement) for i, judgement in bad.items()}

    def record_of(self, candidate_id: str) -> Mapping[str, Any]:
        """What was said of a reviewed candidate, as JSON values."""
        return asdict(self._reviewed[candidate_id])

    def judgements(self) -> Mapping[str, Judgement]:
        """Judgement by candidate id."""
        return dict(self._reviewed)

    def tell(self, trials: Sequence[Trial]) -> None:
        """Score what was said by what training showed; a rejected program has no outcome."""
        verdicts = [
            Verdict(
                source=trial.candidate.source,
                judgement=self._reviewed[trial.candidate.id],
                success=trial.evaluation.score.success,
            )
            for trial in trials
            if trial.evaluation is not None
            and not trial.twin
            and trial.candidate.id in self._reviewed
        ]
        for v in verdicts:
            self._scores.append((v.judgement.p_success, float(v.success >= SUCCESS)))
        if isinstance(self._critic, LearningCritic):
            self._critic.tell(verdicts)
        self._epoch += 1
        self._now = {}

    def facts(self) -> dict[str, Any]:
        """Figures for the record of a search: Brier score, beside that of the base rate."""
        n = len(self._scores)
        said = np.array([p for p, _ in self._scores])
        came = np.array([outcome for _, outcome in self._scores])
        return {
            "name": self._critic.name,
            "judged": len(self._numbers),
            "rejected": self._n_rejected,
            "scored": n,
            "brier": round(float(np.mean((said - came) ** 2)), 4) if n else None,
            "brier_of_base_rate": round(float(came.mean() * (1 - came.mean())), 4) if n else None,
        }

    def _key(self, source: str) -> str:
        digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return f"critic/g{self._epoch:02d}/{digest}"


def _rejection(judgement: Judgement) -> Failure:
    return Failure(
        kind=FailureKind.REJECTED,
        code=judgement.findings[0].code if judgement.findings else "",
        message=for_coder(judgement.findings)[:2000],
    )
