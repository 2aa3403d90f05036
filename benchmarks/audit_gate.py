"""The audit as a gate of a search: what is found hackable is not trained.

It stands before the first rung. States are listed, or episodes recorded, once per task by code
that never meets a program; what a program pays there comes from the workers. An answer is in the
study before it is used, so that a search which was stopped goes on with the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from alignenv.benchmarks.audit import CLOCK, conclude, value_on
from alignenv.benchmarks.audit_jobs import Question
from alignenv.benchmarks.audit_listing import Listing, list_states
from alignenv.benchmarks.audit_sampled import audit_evidence
from alignenv.benchmarks.critic_evidence import evidence_of
from alignenv.benchmarks.evaluator import ResultStore
from alignenv.critique import Finding
from alignenv.envs.make import EnvRef
from alignenv.errors import CallOrderError, ConfigError, ValueFault
from alignenv.program import parse_program
from alignenv.reward_design.audit.signs import fault_sign
from alignenv.reward_design.audit.verdict import Audit, Word
from alignenv.reward_design.audit.worth import judge
from alignenv.reward_design.sandbox import Executor
from alignenv.types import Candidate, Failure, FailureKind

MAX_STATES = 20_000
"""States up to which a layout is listed; a larger one is judged by recorded episodes."""
LAYOUTS = 2
"""Layouts that are listed."""
MOST_GAMMA = 0.9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What the audit says of a program before it is trained.

    Attributes:
        verdict: `sound`, `hackable` or `undecided`.
        method: `exact` or `sampled`.
        reason: One sentence.
        code: Of the gravest fault; empty without one.
        cure: What is wrong and what cures it; empty without a fault.
        steps: The behaviour that shows it, as lines.
        aligned: Mean TRUE success of the best and the worst best paid behaviour over what was
            listed, in [0, 1]; None where nothing was listed.
    """

    verdict: Word
    method: str
    reason: str
    code: str = ""
    cure: str = ""
    steps: tuple[str, ...] = ()
    aligned: float | None = None

    @property
    def words(self) -> str:
        """The whole in words, for the writer of the program."""
        lines = [f"{self.reason} {self.cure}".strip(), *self.steps]
        return "\n".join(lines)[:2000]


_SCREENING = TypeAdapter(Screening)


class AuditGate:
    """Audits the programs of one search, and keeps what it said.

    Args:
        ref: The task.
        gamma: The learner's discount factor.
        store: Where answers are kept.
        layer: How a program is used, `replace` or `add`.
    """

    def __init__(
        self, ref: EnvRef, gamma: float, store: ResultStore, layer: str = "replace"
    ) -> None:
        self._ref, self._task, self._store = ref, ref.resolve(), store
        self._gamma, self._is_added = min(gamma, MOST_GAMMA), layer == "add"
        self._pool: Executor | None = None
        self._listing: Listing | None = None
        self._known: dict[str, Screening] = {}
        self._refused: dict[str, Screening] = {}
        self._n_spared = 0

    def use(self, pool: Executor) -> None:
        """Value programs with these workers; nothing else of them may be in flight."""
        self._pool = pool

    def screen(self, source: str) -> Screening:
        """The answer on one program that was checked, from the record where there is one.

        Raises:
            CallOrderError: No workers were given.
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        found = self.known(source)
        if found is None:
            found = self._asked(source)
            self._store.record_result(_key(source), asdict(found), volatile={})
            self._known[source] = found
        return found

    def known(self, source: str) -> Screening | None:
        """The answer that was given on a program before; None where there is none yet."""
        if source not in self._known:
            stored = self._store.find_result(_key(source))
            if stored is None:
                return None
            self._known[source] = _SCREENING.validate_python(stored.document)
        return self._known[source]

    def review(self, candidates: Sequence[Candidate]) -> dict[str, Failure]:
        """The hackable of a generation's candidates, with the reason.

        Never all of a generation are: of these the one is trained whose best paid behaviours do
        most of what was meant, the earliest where that is equal or not known.
        """
        found = {c.id: self.screen(c.source) for c in candidates}
        bad = {i: one for i, one in found.items() if one.verdict == "hackable"}
        if bad and len(bad) == len(found):
            del bad[max(bad, key=lambda i: bad[i].aligned or 0.0)]
            self._n_spared += 1
        self._refused |= bad
        return {i: _refusal(one) for i, one in bad.items()}

    def findings(self, source: str) -> tuple[Finding, ...]:
        """What an exact audit found wrong, as evidence for a critic.

        A sampled one rests on the critic's own rules and would count twice.
        """
        found = self.screen(source)
        if found.verdict != "hackable" or found.method != "exact":
            return ()
        seen = " ".join((found.reason, *(line.strip() for line in found.steps)))
        return (Finding(code="best-paid-fails", message=found.cure, evidence=seen[:1000]),)

    def facts(self) -> dict[str, Any]:
        """Figures for the record of a search."""
        words = [one.verdict for one in self._known.values()]
        verdicts = {word: words.count(word) for word in ("sound", "hackable", "undecided")}
        return {**verdicts, "refused": len(self._refused), "spared": self._n_spared}

    def _asked(self, source: str) -> Screening:
        """The answer of workers; what has no value where it is looked at is not decided."""
        if self._pool is None:
            raise CallOrderError("The audit has no workers.", cure="Call use(pool) first.")
        try:
            return self._answer(self._pool, source)
        except ValueFault:
            why = "It has no usable value somewhere."
        except ConfigError:
            why = "It takes too long, or too much memory, to be valued everywhere."
        return Screening(verdict="undecided", method="exact", reason=why)

    def _answer(self, pool: Executor, source: str) -> Screening:
        card = self._task.card
        question = Question(parse_program(source, card.state, card.action), self._is_added, "")
        if self._listing is None:
            self._listing = list_states(self._ref, self._task, MAX_STATES, LAYOUTS)
        if self._listing.tasks:
            return screen_listed(pool, self._ref, self._listing, question, self._gamma)
        evidence = evidence_of(self._ref, self._gamma)
        audit = audit_evidence(pool, self._ref, self._task, question, None, evidence)
        return _screening(audit, None)


def screen_listed(
    pool: Executor, ref: EnvRef, listing: Listing, question: Question, gamma: float
) -> Screening:
    """The exact verdict on a program, without the distances and notes of a whole audit.

    Args:
        pool: Where programs are valued.
        ref: The task.
        listing: Its states; at least one list.
        question: The program.
        gamma: The learner's discount factor.

    Raises:
        ValueFault: The program has no usable value somewhere.
        ConfigError: It takes too long, or too much memory.
        MachineError: A worker failed for reasons that are not the program's.
    """
    paid = value_on(pool, ref, question.program, listing.tasks)
    if paid is None:
        return Screening(verdict="undecided", method="exact", reason=CLOCK.message)
    judged = [
        judge(task, task.pay(one, gamma, is_added=question.is_added), gamma)
        for task, one in zip(listing.tasks, paid, strict=True)
    ]
    faults = [sign for one in judged if (sign := fault_sign(one)) is not None]
    successes = [sum(one.worth.success) / 2 for one in judged]
    audit = conclude(listing, judged, faults, ())
    return _screening(audit, round(sum(successes) / len(successes), 6))


def _key(source: str) -> str:
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return f"audit/{digest[:32]}"


def _screening(audit: Audit, aligned: float | None) -> Screening:
    fault = next((sign for sign in audit.signs if sign.weight == "fault"), None)
    return Screening(
        verdict=audit.verdict,
        method=audit.method,
        reason=audit.reason,
        code=fault.code if fault else "",
        cure=fault.message if fault else "",
        steps=fault.steps if fault else (),
        aligned=aligned,
    )


def _refusal(found: Screening) -> Failure:
    return Failure(kind=FailureKind.HACKABLE, code=found.code, message=found.words)


def decision(found: Screening, *, is_refused: bool) -> Mapping[str, Any]:
    """A screening as the decision of a search, JSON values."""
    return {**asdict(found), "refused": is_refused}
