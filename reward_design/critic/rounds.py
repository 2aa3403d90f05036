"""Send-back: a coder whose drafts a critic reads first, for every designer alike.

What is sent back is written again with the critic's findings, a bounded number of times; of all
that was written for one brief, what the critic thinks best of is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from alignenv.critique import Judgement
from alignenv.reward_design.critic.words import for_coder
from alignenv.seeding import child_seed
from alignenv.types import (
    Answer,
    Brief,
    Coder,
    Draft,
    ManyBriefsCoder,
    SentBack,
    Talker,
    Turn,
)

Objection = TypeVar("Objection")


class Judge(Protocol):
    """Says what a critic thinks of programs."""

    def judge(self, sources: Sequence[str]) -> Sequence[Judgement]:
        """One judgement per program."""
        ...


def written_again(
    drafts: list[Draft],
    object_to: Callable[[Mapping[int, Draft]], Mapping[int, Objection]],
    write: Callable[[Mapping[int, Objection]], Sequence[Draft]],
    rounds: int,
) -> list[Draft]:
    """Drafts with those that are objected to written again, up to `rounds` times.

    Args:
        drafts: What was written first.
        object_to: Objections by position, for the drafts that were written last.
        write: One new draft per objection, in their order.
        rounds: Most attempts. What is objected to after them is left as it is.
    """
    found, waiting = list(drafts), list(range(len(drafts)))
    for _ in range(rounds):
        objections = object_to({i: found[i] for i in waiting})
        waiting = list(objections)
        if not waiting:
            break
        for i, draft in zip(waiting, write(objections), strict=True):
            found[i] = replace(draft, requests=(*found[i].requests, *draft.requests))
    return found


class CriticisedCoder:
    """A coder behind a critic.

    Args:
        coder: Who writes.
        judge: Who reads.
        rounds: Most times that one draft is written again.
        form: What a designer makes of a program before it is trained.
    """

    def __init__(
        self, coder: Coder, judge: Judge, rounds: int, form: Callable[[str], str] = str
    ) -> None:
        self.name = coder.name
        self._coder, self._judge, self._rounds, self._form = coder, judge, rounds, form

    @staticmethod
    def around(
        coder: Coder, judge: Judge, rounds: int, form: Callable[[str], str] = str
    ) -> CriticisedCoder:
        """A criticised coder that can be asked for words exactly where the coder can."""
        kind = CriticisedTalker if isinstance(coder, Talker) else CriticisedCoder
        return kind(coder, judge, rounds, form)

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """`n` drafts, each written again while the critic sends it back."""
        spread = self._spread(brief)
        drafts = list(self._coder.write(spread, n))
        return self._revised(drafts, [_one_of(spread, i) for i in range(n)], n)

    def write_each(self, briefs: Sequence[Brief]) -> Sequence[Draft]:
        """One draft per brief, each written again while the critic sends it back."""
        spread = [self._spread(brief) for brief in briefs]
        return self._revised(self._each(spread), spread, 1)

    def _spread(self, brief: Brief) -> Brief:
        """Leave room for the repeats of every request, so that no two have the same number."""
        return replace(brief, slot=brief.slot * (self._rounds + 1))

    def _each(self, briefs: Sequence[Brief]) -> list[Draft]:
        if isinstance(self._coder, ManyBriefsCoder):
            return list(self._coder.write_each(briefs))
        return [self._coder.write(brief, 1)[0] for brief in briefs]

    def _revised(self, drafts: list[Draft], briefs: Sequence[Brief], n: int) -> list[Draft]:
        """The best of what is written for each brief; repeats are numbered `n` apart."""
        best: dict[int, tuple[float, Draft]] = {}
        told: dict[int, tuple[SentBack, ...]] = dict.fromkeys(range(len(drafts)), ())
        attempt = 0

        def object_to(waiting: Mapping[int, Draft]) -> dict[int, Judgement]:
            written = {i: draft for i, draft in waiting.items() if draft.source}
            judged = self._judge.judge([self._form(d.source) for d in written.values()])
            objections = {}
            for (i, draft), judgement in zip(written.items(), judged, strict=True):
                if i not in best or judgement.p_success > best[i][0]:
                    best[i] = (judgement.p_success, draft)
                if judgement.send_back:
                    objections[i] = judgement
                    told[i] += (SentBack(draft.source, for_coder(judgement.findings)),)
            return objections

        def write(objections: Mapping[int, Judgement]) -> Sequence[Draft]:
            nonlocal attempt
            attempt += 1
            return self._each(
                [
                    replace(
                        briefs[i],
                        slot=briefs[i].slot + n * attempt,
                        seed=child_seed(briefs[i].seed, "search", "critic", i, attempt),
                        sent_back=told[i],
                    )
                    for i in objections
                ]
            )

        found = written_again(drafts, object_to, write, self._rounds)
        object_to({i: found[i] for i in told if told[i]})
        return [_kept(draft, best.get(i)) for i, draft in enumerate(found)]


class CriticisedTalker(CriticisedCoder):
    """A criticised coder that can be asked for words."""

    def talk(self, conversations: Sequence[Sequence[Turn]], slot: int) -> Sequence[Answer]:
        """Pass the questions on."""
        assert isinstance(self._coder, Talker), "made around one"
        answers: list[Answer] = []
        for i, conversation in enumerate(conversations):
            answers += self._coder.talk([conversation], (slot + i) * (self._rounds + 1))
        return answers


def _one_of(brief: Brief, i: int) -> Brief:
    """The brief of draft `i` alone: its number, and what it started from first."""
    return replace(
        brief,
        slot=brief.slot + i,
        parents=_turned(brief.parents, i),
        failed=_turned(brief.failed, i),
    )


T = TypeVar("T")


def _turned(items: tuple[T, ...], i: int) -> tuple[T, ...]:
    k = i % len(items) if items else 0
    return items[k:] + items[:k]


def _kept(last: Draft, best: tuple[float, Draft] | None) -> Draft:
    """The best of what was written, with every request that was made for it."""
    return last if best is None else replace(best[1], requests=last.requests)
