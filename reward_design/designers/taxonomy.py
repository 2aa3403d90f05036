"""Diagnosis by name: what went wrong is found by rule and told, not only the figures.

The comparison of a diagnosis, of a static list of faults, and of figures alone follows
arXiv:2605.28918; the last of the three is `eureka`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field

from alignenv.analysis import Analysis
from alignenv.reward_design.analysts.taxonomy import BY_MODE, TAXONOMY, Ailment
from alignenv.reward_design.analysts.text import MAX_NAMED, named
from alignenv.reward_design.archive import Elites, promise, ranked
from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.reward_design.prompts import render, turns
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Evaluation, Trial, Turn


class Finding(NamedTuple):
    """A failure that an analyst named, for prompts: what it is, and what was seen of it."""

    ailment: Ailment
    evidence: str


class TaxonomyOptions(DesignerOptions):
    """What may be set of the diagnosis."""

    told: Literal["findings", "taxonomy"] = Field(
        default="findings", description="What was found, or the whole taxonomy without finding."
    )


class Taxonomy(GenerationalDesigner):
    """Shows what the analyst named in the best program, from a taxonomy of faults, for a cure.

    Otherwise as Eureka: one incumbent, every program of a generation from one context. Without an
    analyst it shows figures alone.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
    """

    Options = TaxonomyOptions

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: TaxonomyOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or TaxonomyOptions()
        self._best = Elites(1, promise)
        self._failed: tuple[Trial, ...] = ()
        self._named: dict[str, int] = {}

    def propose(self, n: int) -> Sequence[Draft]:
        """Programs from the task alone, then cures of the best one's faults."""
        if not self._best:
            return self.write(n, failed=self._failed)
        best = self._best.best()[0]
        assert best.evaluation is not None, "elites are trained"
        words = self._words(best, best.evaluation)
        shown = (*turns.opening(self.card), turns.program(best.candidate.source))
        context = (*shown, Turn("user", words))
        return self.write(n, parents=(best,), failed=self._failed, turns=context)

    def _words(self, best: Trial, evaluation: Evaluation) -> str:
        failed, is_static = turns.failures(self._failed), self._options.told == "taxonomy"
        if best.analysis in (None, Analysis()) and not is_static:
            return render.reflection_prompt(evaluation, failed)
        return render.diagnosis_prompt(
            evaluation, failed, findings(best), taxonomy=TAXONOMY if is_static else ()
        )

    def learn(self, trials: Sequence[Trial]) -> None:
        """Keep the best of all generations, and count what went wrong in this one."""
        for trial in ranked(trials, promise):
            self._best.add(trial)
            for name in {finding.ailment.name for finding in findings(trial)}:
                self._named[name] = self._named.get(name, 0) + 1
        self._failed = coders_failures(trials)

    def facts(self) -> Mapping[str, Any]:
        """How many trained programs each fault was found in."""
        return {"findings": dict(sorted(self._named.items()))}


def findings(trial: Trial) -> list[Finding]:
    """What the analyst named, the most likely first."""
    named_failures = trial.analysis.failures[:MAX_NAMED] if trial.analysis is not None else ()
    return [Finding(BY_MODE[failure.mode], named(failure)) for failure in named_failures]
