"""Candidates of a search that pay the same on what was recorded of the task.

Two programs are one where every recorded transition is paid the same by both, to a rounding error.
Payments that are only proportional are told apart: a learner's entropy bonus and value scale make
them different rewards. A program is left alone where the record cannot tell what it pays for: its
total never changes there, or one of its components never pays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.benchmarks.critic_desk import paid_on, transitions_of
from alignenv.benchmarks.critic_evidence import evidence_of
from alignenv.benchmarks.evaluator import ResultStore
from alignenv.benchmarks.valuing import Order, Valued, Valuer
from alignenv.critique import Evidence
from alignenv.envs.make import EnvRef
from alignenv.errors import CallOrderError
from alignenv.program import Program, parse_program
from alignenv.reward_design.sandbox import Executor
from alignenv.types import Candidate

TOLERANCE = 1e-9
"""Difference that rounding explains, relative to the largest payment of both programs."""


class Behaviour(NamedTuple):
    """What a program pays on the record; `total` is None where that does not tell programs apart.

    Potentials and rewards are never the same: a potential always comes on top of the sparse reward.
    """

    kind: str
    total: npt.NDArray[np.float64] | None

    def is_like(self, other: Behaviour) -> bool:
        """Whether both pay the same."""
        if self.kind != other.kind or self.total is None or other.total is None:
            return False
        scale = max(np.abs(self.total).max(), np.abs(other.total).max())
        return bool(np.abs(self.total - other.total).max() <= TOLERANCE * scale)


class Twins:
    """Knows what the trained candidates of one search pay, and finds others that pay the same.

    Args:
        ref: The task.
        gamma: The learner's discount.
        store: Where behaviours are kept, so that a search which was stopped goes on with them.
    """

    def __init__(self, ref: EnvRef, gamma: float, store: ResultStore) -> None:
        self._ref, self._gamma, self._store = ref, gamma, store
        self._card = ref.resolve().card
        self._pool: Executor | None = None
        self._evidence: Evidence | None = None
        self._known: dict[str, Behaviour] = {}
        self._trained: list[str] = []
        self._n_found = 0

    def use(self, pool: Executor) -> None:
        """Value programs with these workers; nothing else of them may be in flight."""
        self._pool = pool

    def meet(self, candidates: Sequence[Candidate]) -> None:
        """Learn what checked candidates pay, from the record where it is there.

        Raises:
            CallOrderError: No workers were given.
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        missing = []
        for candidate in candidates:
            stored = self._store.find_result(_key(candidate))
            if stored is None:
                missing.append(candidate)
            else:
                total = stored.arrays.get("total")
                self._known[candidate.id] = Behaviour(str(stored.document["kind"]), total)
        if missing:
            self._value(missing)

    def trained(self, ids: Iterable[str]) -> None:
        """Candidates were trained; others may take their outcomes from now on."""
        self._trained += ids

    def forget(self, ids: Collection[str]) -> None:
        """The training of some failed in the end; no later candidate takes that outcome."""
        self._trained = [i for i in self._trained if i not in ids]

    def of(self, candidate: Candidate) -> str | None:
        """The first trained candidate that pays the same; None for no other."""
        mine = self._known[candidate.id]
        found = next((i for i in self._trained if mine.is_like(self._known[i])), None)
        self._n_found += found is not None
        return found

    def leaders(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The first of those that pay the same, in order."""
        found: list[Candidate] = []
        for candidate in candidates:
            mine = self._known[candidate.id]
            if not any(mine.is_like(self._known[one.id]) for one in found):
                found.append(candidate)
        return found

    def facts(self) -> Mapping[str, Any]:
        """Figures for the record of a search."""
        telling = sum(one.total is not None for one in self._known.values())
        others = len(self._known) - telling
        return {"compared": telling, "not_compared": others, "reused": self._n_found}

    def _value(self, candidates: Sequence[Candidate]) -> None:
        if self._pool is None:
            raise CallOrderError("Programs have no workers.", cure="Call use(pool) first.")
        if self._evidence is None:
            self._evidence = evidence_of(self._ref, self._gamma)
        evidence, where = self._evidence, transitions_of(self._evidence)
        programs = [
            parse_program(c.source, self._card.state, self._card.action) for c in candidates
        ]

        def keep(number: int, answer: Valued) -> None:
            found, why = _behaviour(evidence, programs[number], answer)
            document = {"kind": found.kind, "compared": found.total is not None, "why_not": why}
            arrays = {} if found.total is None else {"total": found.total}
            key = _key(candidates[number])
            self._store.record_result(key, document, arrays=arrays, volatile=answer.spent)
            self._known[candidates[number].id] = found

        Valuer(self._pool).value([Order(self._ref, p, where) for p in programs], keep)


def _behaviour(evidence: Evidence, program: Program, answer: Valued) -> tuple[Behaviour, str]:
    """What a program pays, or why it is left alone."""
    nothing = Behaviour(program.kind, None)
    if answer.values is None:
        assert answer.failure is not None, "what has no values has a failure"
        return nothing, f"{answer.failure.kind.value} {answer.failure.code}"
    paid = paid_on(evidence, program, answer.values)
    if np.ptp(paid.total) == 0.0:
        return nothing, "always pays the same"
    silent = [n for n, v in zip(paid.names, paid.components.T, strict=True) if not v.any()]
    if silent:
        return nothing, f"component {silent[0]} never pays"
    return Behaviour(program.kind, np.ascontiguousarray(paid.total)), ""


def _key(candidate: Candidate) -> str:
    return f"{candidate.id}/behaviour"
