"""The negative twins: what the contract asks for fails where it is not done."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import ClassVar

import pytest

from alignenv.reward_design.archive import Elites
from alignenv.reward_design.designers.base import GenerationalDesigner, coders_failures
from alignenv.task import TaskCard
from alignenv.testing.designers import DesignerContract
from alignenv.types import Coder, Designer, Draft, Trial, Turn


class Sound(GenerationalDesigner):
    """Shows the best program and what failed, as the contract wants it."""

    def __init__(self, coder: Coder, card: TaskCard, seed: int) -> None:
        super().__init__(coder, card, seed)
        self.best = Elites(1)
        self.failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        return self.write(n, parents=self.best.best(), failed=self.failed)

    def learn(self, trials: Sequence[Trial]) -> None:
        self.failed = coders_failures(trials)
        for trial in trials:
            if trial.evaluation is not None:
                self.best.add(trial)


class Deaf(Sound):
    """Forgets what failed."""

    def propose(self, n: int) -> Sequence[Draft]:
        return self.write(n, parents=self.best.best())


class Blaming(Sound):
    """Tells its coder of the machine's failures as well."""

    def learn(self, trials: Sequence[Trial]) -> None:
        super().learn(trials)
        self.failed = tuple(trial for trial in trials if trial.failure is not None)


class Chatty(Sound):
    """Tells true progress."""

    def propose(self, n: int) -> Sequence[Draft]:
        best = self.best.best()
        reached = best[0].evaluation.score.milestones if best and best[0].evaluation else 0.0
        words = (Turn("system", self.card.goal), Turn("user", f"It came to {reached:.0%}."))
        return self.write(n, turns=words)


class Restless(Sound):
    """Asks something else each time that a search is repeated."""

    count: ClassVar = itertools.count()

    def propose(self, n: int) -> Sequence[Draft]:
        words = (Turn("system", self.card.goal), Turn("user", f"Try {next(self.count)}."))
        return self.write(n, turns=words)


class Careless(Sound):
    """Gives two requests one number."""

    def write(self, n: int, **brief: object) -> Sequence[Draft]:
        written = super().write(n, **brief)
        self._slot -= 1
        return written


class Rude(Sound):
    """Lets the model speak last."""

    def propose(self, n: int) -> Sequence[Draft]:
        return self.write(n, turns=(Turn("system", self.card.goal), Turn("assistant", "Well.")))


def contract(kind: type[GenerationalDesigner]) -> DesignerContract:
    class TestIt(DesignerContract):
        def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
            return kind(coder, card, seed)

    return TestIt()


CHECKS: dict[type[GenerationalDesigner], Callable[[DesignerContract], None]] = {
    Deaf: lambda c: c.test_what_failed_is_told(2),
    Blaming: lambda c: c.test_what_the_machine_did_is_not_told(0),
    Chatty: lambda c: c.test_nothing_hidden_is_told(),
    Restless: lambda c: c.test_a_search_that_its_budget_stops_ends_the_same(),
    Careless: lambda c: c.test_requests_are_numbered_without_gaps(),
    Rude: lambda c: c.test_speakers_take_turns(),
}


@pytest.mark.parametrize("kind", CHECKS)
def test_a_designer_that_does_otherwise_is_found(kind: type[GenerationalDesigner]) -> None:
    CHECKS[kind](contract(Sound))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        CHECKS[kind](contract(kind))


def test_a_designer_that_says_it_takes_no_feedback_must_not_pass_any_on() -> None:
    claims = contract(Sound)
    claims.takes_feedback = False
    with pytest.raises(AssertionError):
        claims.test_what_failed_is_told(2)
