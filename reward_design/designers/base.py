"""What designers share: the order of calls, ids, seeds, and that no program is proposed twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from alignenv.errors import CallOrderError
from alignenv.reward_design.archive import fingerprint, known_archive
from alignenv.seeding import child_seed, generator
from alignenv.task import TaskCard
from alignenv.types import (
    Answer,
    Brief,
    Candidate,
    Coder,
    Draft,
    ManyBriefsCoder,
    Talker,
    Trial,
    Turn,
)

ArchiveName = Annotated[str, AfterValidator(known_archive)]
"""Name of an archive that is installed."""


class DesignerOptions(BaseModel):
    """Options of a designer: checked when a search starts, and part of its record.

    Attributes:
        LATER: Options that came after the first records, left out of a record at their defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    LATER: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = handler(self)
        for name in self.LATER:
            if getattr(self, name) == type(self).model_fields[name].default:
                found.pop(name, None)
        return found


class GenerationalDesigner(ABC):
    """A designer that proposes a generation, learns from it, and proposes the next.

    A subclass says what to write next (`propose`) and what to keep (`learn`). `propose` may draw
    from `self.rng()` and read what was learned; it changes nothing, so that a search which was
    stopped by a cap or an outage repeats it and asks for the same.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of all randomness.
        options: What may be set; of the class's own `Options`.
    """

    Options: ClassVar[type[DesignerOptions]] = DesignerOptions

    argument: ClassVar[str] = ""
    """Name of the option that the part of a spec after the colon fills; empty for none."""

    writes_nothing: ClassVar[bool] = False
    """Whether it needs no coder."""

    drops_repeats: ClassVar[bool] = True
    """Whether a program that was proposed before is left out of a generation."""

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: DesignerOptions | None = None,  # noqa: ARG002 - for subclasses that have some
    ) -> None:
        self.coder, self.card, self.seed = coder, card, seed
        self.generation = 0
        self._n_asked = self._slot = 0
        self._known: set[str] = set()
        self._pending: dict[str, int] = {}

    @abstractmethod
    def propose(self, n: int) -> Sequence[Draft]:
        """At most `n` drafts for this generation."""

    @abstractmethod
    def learn(self, trials: Sequence[Trial]) -> None:
        """Take in the outcomes of this generation, in candidate-id order."""

    @staticmethod
    def most_requests(options: Any) -> int:  # noqa: ARG004 - for subclasses that have some
        """Most requests of its coder per candidate, repetitions after errors apart."""
        return 1

    @staticmethod
    def trained_form(source: str) -> str:
        """What is trained for a program of the coder's: for a critic that reads it before."""
        return source

    def facts(self) -> Mapping[str, Any]:
        """Figures of its own for the record of a finished search, such as questions to a person."""
        return {}

    def ask(self, n: int) -> Sequence[Candidate]:
        """Up to `n` candidates; repeats of earlier programs are left out unless nothing is new.

        Raises:
            CallOrderError: The last candidates were not told.
        """
        if self._pending:
            raise CallOrderError(
                f"{len(self._pending)} candidates of the last ask have no outcome yet.",
                cure="Call tell with their trials first.",
            )
        self._slot = self._n_asked
        drafts = self.propose(n)
        kept = self._fresh(drafts) if self.drops_repeats else range(len(drafts))
        candidates = [self._candidate(i, drafts[k]) for i, k in enumerate(kept)]
        self._pending = {c.id: k for c, k in zip(candidates, kept, strict=True)}
        return candidates

    def tell(self, trials: Sequence[Trial]) -> None:
        """Learn from the outcomes of the last ask.

        Raises:
            CallOrderError: These are not the trials of the last ask, in its order.
        """
        asked, told = list(self._pending), [trial.candidate.id for trial in trials]
        if not asked or told != asked:
            raise CallOrderError(
                f"Expected trials of {asked or 'no candidate'}, got {told}.",
                cure="Tell every candidate of the last ask once, in the order asked.",
            )
        self.learn(trials)
        self._known |= {fingerprint(t.candidate.source) for t in trials if t.candidate.source}
        self._n_asked, self._pending = self._slot, {}
        self.generation += 1

    def rng(self, purpose: str = "propose") -> np.random.Generator:
        """Randomness of this generation's choices, the same however often it is asked for."""
        return generator(self.seed, "search", "designer", self.generation, purpose)

    def write(self, n: int, **brief: Any) -> Sequence[Draft]:
        """`n` drafts from one brief with these fields."""
        return self.coder.write(self._brief(n, **brief), n)

    def write_each(self, briefs: Sequence[Mapping[str, Any]]) -> Sequence[Draft]:
        """One draft per brief, given by its fields."""
        filled = [self._brief(1, self._slot, **fields) for fields in briefs]
        if isinstance(self.coder, ManyBriefsCoder):
            return self.coder.write_each(filled)
        return [self.coder.write(brief, 1)[0] for brief in filled]

    def talk(self, conversations: Sequence[Sequence[Turn]]) -> Sequence[Answer] | None:
        """One answer of the coder's model per conversation; None from a coder without words."""
        if not isinstance(self.coder, Talker):
            return None
        slot, self._slot = self._slot, self._slot + len(conversations)
        return self.coder.talk(conversations, slot)

    def position(self, trial: Trial) -> int:
        """Position of a trial's draft in what `propose` returned last."""
        return self._pending[trial.candidate.id]

    def _brief(self, n: int, *path: int, **fields: Any) -> Brief:
        slot, self._slot = self._slot, self._slot + n
        return Brief(
            card=self.card,
            generation=self.generation,
            seed=child_seed(self.seed, "search", "coder", self.generation, *path),
            slot=slot,
            **fields,
        )

    def _fresh(self, drafts: Sequence[Draft]) -> Sequence[int]:
        """Positions of drafts that are new; a draft without a program counts as new."""
        seen, kept = set(self._known), []
        for index, draft in enumerate(drafts):
            key = fingerprint(draft.source) if draft.source else f"empty {index}"
            if key not in seen:
                kept.append(index)
            seen.add(key)
        return kept or [0]

    def _candidate(self, index: int, draft: Draft) -> Candidate:
        return Candidate(
            id=f"g{self.generation:02d}c{index:02d}",
            source=draft.source,
            coder=draft.coder or self.coder.name,
            generation=self.generation,
            parents=draft.parents,
            requests=draft.requests,
            note=draft.note,
            failure=draft.failure,
        )


def coders_failures(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Trials that failed by the coder's fault, for it to be told."""
    return tuple(t for t in trials if t.failure is not None and t.failure.kind.is_coders)
