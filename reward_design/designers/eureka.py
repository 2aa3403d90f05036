"""Eureka: sample programs, train on them, show the best one's reflection, sample again.

Ma et al., ICLR 2024. As in the paper, every generation draws K programs from one context: the
best program so far and how its training went. Unlike the released code, the incumbent is the best
of all generations, credit goes by candidate id, and failures are told even when all fail.
"""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.errors import CallOrderError, ConfigError
from alignenv.seeding import child_seed
from alignenv.task import TaskCard
from alignenv.types import Brief, Candidate, Coder, Draft, Trial


class Eureka:
    """In-context hill climbing over reward programs.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        parents: How many of the best programs so far are shown, 1 in the paper.

    Raises:
        ConfigError: `parents` is less than 1.
    """

    name = "eureka"

    def __init__(self, coder: Coder, card: TaskCard, seed: int, *, parents: int = 1) -> None:
        if parents < 1:
            raise ConfigError(f"Eureka needs parents >= 1, got {parents}.", cure="Use 1.")
        self._coder, self._card, self._seed, self._n_parents = coder, card, seed, parents
        self._generation = 0
        self._best: tuple[Trial, ...] = ()
        self._failed: tuple[Trial, ...] = ()
        self._pending: tuple[Candidate, ...] = ()

    def ask(self, n: int) -> Sequence[Candidate]:
        """`n` candidates from the best programs so far and the last failures.

        Raises:
            CallOrderError: The last candidates were not told.
        """
        if self._pending:
            raise CallOrderError(
                f"{len(self._pending)} candidates of the last ask have no outcome yet.",
                cure="Call tell with their trials first.",
            )
        brief = Brief(
            card=self._card,
            generation=self._generation,
            seed=child_seed(self._seed, "search", "coder", self._generation),
            parents=self._best,
            failed=self._failed,
        )
        drafts = self._coder.write(brief, n)
        self._pending = tuple(self._candidate(i, draft) for i, draft in enumerate(drafts))
        return self._pending

    def tell(self, trials: Sequence[Trial]) -> None:
        """Keep the best programs of all generations, and remember what failed in this one.

        Raises:
            CallOrderError: These are not the trials of the last ask, in its order.
        """
        asked = [candidate.id for candidate in self._pending]
        told = [trial.candidate.id for trial in trials]
        if not asked or told != asked:
            raise CallOrderError(
                f"Expected trials of {asked or 'no candidate'}, got {told}.",
                cure="Tell every candidate of the last ask once, in the order asked.",
            )
        scored = [trial for trial in (*self._best, *trials) if trial.evaluation is not None]
        scored.sort(key=lambda trial: trial.merit, reverse=True)
        self._best = tuple(scored[: self._n_parents])
        self._failed = tuple(
            t for t in trials if t.failure is not None and t.failure.kind.is_coders
        )
        self._generation += 1
        self._pending = ()

    def _candidate(self, index: int, draft: Draft) -> Candidate:
        return Candidate(
            id=f"g{self._generation:02d}c{index:02d}",
            source=draft.source,
            coder=self._coder.name,
            generation=self._generation,
            parents=draft.parents,
            requests=draft.requests,
            note=draft.note,
            failure=draft.failure,
        )
