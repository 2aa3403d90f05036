"""What a designer has its coder told, as tests to inherit: every failure, and nothing hidden.

`DesignerContract` includes these tests. They may be inherited alone, over a coder with words of its
own:

class TestMyWords(TellingContract):
    def make_designer(self, coder, card, seed):
        return MyDesigner(coder, card, seed)

    def make_coder(self, model):
        return MyCoder(model.answer)
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import cycle
from typing import NamedTuple

import pytest

from alignenv.analysis import FailureMode
from alignenv.errors import BudgetExceeded
from alignenv.task import TaskCard
from alignenv.testing.analysts import episode
from alignenv.testing.coders import example_card, failed, trained
from alignenv.types import (
    Answer,
    Brief,
    Candidate,
    Coder,
    Designer,
    Draft,
    Failure,
    FailureKind,
    Trial,
    Turn,
)

MARK = "E010 division by zero at transition 4711"
"""Why programs fail in these tests."""

NO_PROGRAM = "The answer held no program."
"""What a `PlainCoder` says of an empty answer."""

HIDDEN = ("milestone", "truth", "hackable", "oracle", "judge")
"""Words for what only the evaluator knows."""

MILESTONES, PERFORMANCE = 0.6180339, 0.7297352
"""True progress and hidden performance of every agent in these tests."""

SUCCESS = (0.125, 0.375, None, 0.25)
"""TRUE success of the programs of a generation in turn; None for one that fails."""

PROGRAM = """def reward(prev, action, state):
    answer_{digest} = {slot}.0
    sparse, dense = answer_{digest}, 0.0
    return sparse + dense, {{"sparse": sparse, "dense": dense}}
"""


class Question(NamedTuple):
    """What a model was asked: the number of the request, and the conversation."""

    slot: int
    turns: tuple[Turn, ...]

    @property
    def text(self) -> str:
        """All that was said."""
        return "\n".join(turn.text for turn in self.turns)


class FakeModel:
    """A language model that writes another program for every other question, and remembers.

    Args:
        silent: Numbers of the requests that it gives an empty answer.

    Attributes:
        left: New questions that it may answer before its budget is used up; None for no budget.
    """

    def __init__(self, silent: Collection[int] = ()) -> None:
        self.left: int | None = None
        self._silent = silent
        self._answers: dict[Question, str] = {}

    @property
    def questions(self) -> list[Question]:
        """Every question once, in the order asked."""
        return list(self._answers)

    def answer(self, turns: Sequence[Turn], slot: int) -> str:
        """A program as plain text, the same for the same question; empty where it is silent.

        Raises:
            BudgetExceeded: The question is new, and none is left.
        """
        question = Question(slot, tuple(turns))
        if question not in self._answers:
            if self.left == 0:
                raise BudgetExceeded("No question is left.")
            if self.left is not None:
                self.left -= 1
            self._answers[question] = self._write(question)
        return self._answers[question]

    def _write(self, question: Question) -> str:
        if question.slot in self._silent:
            return ""
        digest = hashlib.sha256(question.text.encode()).hexdigest()[:8]
        return PROGRAM.format(slot=question.slot, digest=digest)


class PlainCoder:
    """Has a model told what a brief says: the designer's words, or the plainest ones."""

    name = "plain"

    def __init__(self, model: FakeModel) -> None:
        self._model = model

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """One draft per answer; drafts take turns over parents, or over what failed."""
        bases = cycle(brief.parents or brief.failed or (None,))
        slots = range(brief.slot, brief.slot + n)
        return [self._draft(brief, base, slot) for base, slot in zip(bases, slots, strict=False)]

    def talk(self, conversations: Sequence[Sequence[Turn]], slot: int) -> Sequence[Answer]:
        """One answer per conversation."""
        return [
            Answer(text=self._model.answer(turns, slot + i), request=f"q{slot + i}")
            for i, turns in enumerate(conversations)
        ]

    def _draft(self, brief: Brief, base: Trial | None, slot: int) -> Draft:
        source = self._model.answer(brief.turns or _plain_turns(brief, base), slot)
        silence = Failure(kind=FailureKind.NO_CODE, message=NO_PROGRAM)
        return Draft(
            source=source,
            parents=(base.candidate.id,) if base is not None else (),
            requests=(f"q{slot}",),
            failure=None if source else silence,
        )


def _plain_turns(brief: Brief, base: Trial | None) -> tuple[Turn, ...]:
    opening = (Turn("system", "Write a reward program."), Turn("user", brief.card.goal))
    if base is None:
        return opening
    if base.failure is not None:
        told = [base.failure.message]
    else:
        told = [trial.failure.message for trial in brief.failed if trial.failure is not None]
    shown = Turn("assistant", base.candidate.source)
    return (*opening, shown, Turn("user", "\n".join([*told, brief.comment, "Write a better one."])))


def scored(candidate: Candidate, success: float) -> Trial:
    """A trained program whose true progress and hidden performance differ from its success."""
    made = trained(candidate, success, ("gain",))
    assert made.evaluation is not None, "it was trained"
    score = replace(made.evaluation.score, milestones=MILESTONES, performance=PERFORMANCE)
    seen = (replace(episode(), milestones=MILESTONES),)
    return replace(made, evaluation=replace(made.evaluation, score=score, episodes=seen))


def outcome(candidate: Candidate, index: int) -> Trial:
    """What came of the k-th candidate of a generation."""
    if candidate.failure is not None:
        return Trial(candidate=candidate, failure=candidate.failure)
    success = SUCCESS[index % len(SUCCESS)]
    return (
        failed(candidate, FailureKind.VALUE, MARK)
        if success is None
        else scored(candidate, success)
    )


class TellingContract(ABC):
    """A designer's coder is told why programs failed, is asked in order, and is told no secret.

    Attributes:
        takes_feedback: Whether the coder is told why programs failed; False for a control that
            shows its coder no outcome, and for a designer that asks nobody.
    """

    takes_feedback = True

    @abstractmethod
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        """A fresh designer."""

    def make_coder(self, model: FakeModel) -> Coder:
        """A coder that asks the model; with other words than these, override it."""
        return PlainCoder(model)

    def over(self, model: FakeModel) -> Designer:
        """A designer whose coder asks the model."""
        return self.make_designer(self.make_coder(model), example_card(), 0)

    def search(self, designer: Designer) -> list[Candidate]:
        """Candidates of four generations in which some are trained and some fail."""
        asked: list[Candidate] = []
        for _ in range(4):
            candidates = designer.ask(4)
            designer.tell([outcome(c, i) for i, c in enumerate(candidates)])
            asked += candidates
        return asked

    @pytest.mark.parametrize("n_trained", [0, 2], ids=["all", "one"])
    def test_what_failed_is_told(self, n_trained: int) -> None:
        """The reason of one failure among three, or of a generation of them, is told later."""
        model = FakeModel()
        assert self._is_told(model, FailureKind.VALUE, n_trained) is self.takes_feedback

    @pytest.mark.parametrize("n_trained", [0, 2], ids=["all", "one"])
    def test_what_the_machine_did_is_not_told(self, n_trained: int) -> None:
        """A failure that no program caused is no news to a coder."""
        assert not self._is_told(FakeModel(), FailureKind.INFRASTRUCTURE, n_trained)

    def test_an_answer_without_a_program_is_told(self) -> None:
        """Where a generation is one such answer, its coder hears why it was no use."""
        brief = Brief(card=example_card(), generation=0, seed=0)
        (silence,) = self.make_coder(FakeModel(silent={0})).write(brief, 1)
        assert silence.failure is not None
        model = FakeModel(silent={0})
        designer = self.over(model)
        designer.tell([outcome(c, i) for i, c in enumerate(designer.ask(1))])
        self._go_on(designer)
        told = any(silence.failure.message in question.text for question in model.questions)
        assert told is self.takes_feedback

    def _is_told(self, model: FakeModel, kind: FailureKind, n_trained: int) -> bool:
        designer = self.over(model)
        candidates = designer.ask(3)
        good, bad = candidates[:n_trained], candidates[n_trained:]
        designer.tell([*(scored(c, 0.3) for c in good), *(failed(c, kind, MARK) for c in bad)])
        self._go_on(designer)
        return any(MARK in question.text for question in model.questions)

    def _go_on(self, designer: Designer) -> None:
        for _ in range(4):
            candidates = designer.ask(4)
            assert candidates, "the search goes on"
            designer.tell([scored(c, 0.25) for c in candidates])

    def test_a_search_that_its_budget_stops_ends_the_same(self) -> None:
        """Stopped inside generations and run again over what is recorded: the same candidates."""
        whole, model = FakeModel(), FakeModel()
        undisturbed = self.search(self.over(whole))
        for _ in range(1 + len(whole.questions) // 5):
            model.left = 5
            try:
                resumed = self.search(self.over(model))
            except BudgetExceeded:
                continue
            break
        else:
            pytest.fail("Run again, the designer asks other questions than before.")
        assert resumed == undisturbed
        assert model.questions == whole.questions, "it asks only for what has no answer yet"

    def test_requests_are_numbered_without_gaps(self) -> None:
        """So that reply k of a script answers request k, and equal prompts get their own."""
        model = FakeModel()
        self.search(self.over(model))
        slots = sorted(question.slot for question in model.questions)
        assert slots == list(range(len(slots)))

    def test_speakers_take_turns(self) -> None:
        """First the system, then user and assistant; the model is to answer a user."""
        model = FakeModel()
        self.search(self.over(model))
        for question in model.questions:
            roles = [turn.role for turn in question.turns]
            assert roles == ["system", *("user", "assistant") * len(roles)][: len(roles)]
            assert roles[-1] == "user"

    def test_nothing_hidden_is_told(self) -> None:
        """Neither words for what the evaluator alone knows, nor figures of it."""
        model = FakeModel()
        self.search(self.over(model))
        figures = [
            shown.format(x)
            for x in (MILESTONES, PERFORMANCE)
            for shown in ("{:.3f}", "{:.2f}", "{:.1%}", "{:.0%}")
        ]
        figures += [figure.replace("%", " %") for figure in figures if "%" in figure]
        for question in model.questions:
            text = question.text.lower()
            for mode in FailureMode:  # names of faults, which are no measures
                text = text.replace(mode.value, "")
            assert [word for word in (*HIDDEN, *figures) if word in text] == []
