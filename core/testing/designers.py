"""What every designer must do, as tests to inherit.

class TestMyDesigner(DesignerContract):
    def make_designer(self, coder, card, seed):
        return MyDesigner(coder, card, seed)
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alignenv.errors import CallOrderError
from alignenv.seeding import generator
from alignenv.testing.coders import example_card, failed, trained
from alignenv.testing.telling import TellingContract
from alignenv.types import Brief, Candidate, Designer, Draft, FailureKind, Trial


class NotingCoder:
    """A coder that writes numbered programs and keeps the briefs it was given."""

    name = "noting"

    def __init__(self) -> None:
        self.briefs: list[Brief] = []

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """Programs that differ by seed and position."""
        self.briefs.append(brief)
        rng = generator(brief.seed, "search", "noting", brief.generation)
        parents = tuple(trial.candidate.id for trial in brief.parents[:1])
        return [Draft(source=_program(float(rng.random())), parents=parents) for _ in range(n)]


class NoAnswer(Exception):  # noqa: N818 - reads as the event it is
    """What `MoodyCoder` raises."""


class MoodyCoder(NotingCoder):
    """A noting coder that gives no answer when `fails` was set, once."""

    fails = False

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """As the noting coder, or no answer.

        Raises:
            NoAnswer: It was told to fail.
        """
        if self.fails:
            self.fails = False
            raise NoAnswer
        return super().write(brief, n)


def _program(value: float) -> str:
    return f"def reward(prev, action, state):\n    return {value}, {{}}\n"


class DesignerContract(TellingContract):
    """A designer: ask, tell, in turns; learns in `tell` only; the same for equal seeds.

    What its coder has to be told is in `TellingContract`.

    Attributes:
        depends_on_seed: Whether other seeds give other programs; False for a given program.
    """

    depends_on_seed = True

    def fresh(self, seed: int = 0) -> Designer:
        """A designer over the noting coder and the example card."""
        return self.make_designer(NotingCoder(), example_card(), seed)

    def run(self, designer: Designer, n_generations: int, n: int = 4) -> list[Candidate]:
        """Candidates of a search in which the k-th of each generation reaches k / n."""
        asked: list[Candidate] = []
        for _ in range(n_generations):
            candidates = designer.ask(n)
            designer.tell([trained(c, i / n) for i, c in enumerate(candidates)])
            asked += candidates
        return asked

    def test_asks_for_at_most_n(self) -> None:
        """Between one and n candidates."""
        for n in (1, 3, 8):
            assert 1 <= len(self.fresh().ask(n)) <= n

    def test_ids_are_unique_and_in_order(self) -> None:
        """Ids sort in order of proposal, over generations."""
        ids = [candidate.id for candidate in self.run(self.fresh(), 3)]
        assert len(set(ids)) == len(ids)
        assert ids == sorted(ids)

    def test_parents_are_known(self) -> None:
        """A candidate descends only from earlier ones."""
        seen: set[str] = set()
        for candidate in self.run(self.fresh(), 3):
            assert set(candidate.parents) <= seen
            seen.add(candidate.id)

    def test_equal_seeds_ask_equally(self) -> None:
        """The search is a function of the seed and the outcomes."""
        assert self.run(self.fresh(3), 3) == self.run(self.fresh(3), 3)
        differs = self.run(self.fresh(3), 1) != self.run(self.fresh(4), 1)
        assert differs is self.depends_on_seed

    def test_order_of_calls_is_checked(self) -> None:
        """Ask twice, tell before ask, tell twice: refused."""
        designer = self.fresh()
        with pytest.raises(CallOrderError, match="Tell"):
            designer.tell([])
        candidates = designer.ask(2)
        with pytest.raises(CallOrderError, match="outcome"):
            designer.ask(2)
        designer.tell([trained(c, 0.5) for c in candidates])
        with pytest.raises(CallOrderError, match="Expected"):
            designer.tell([trained(c, 0.5) for c in candidates])

    def test_trials_are_matched_by_id(self) -> None:
        """Trials in another order, or too few, are refused and change nothing."""
        designer = self.fresh()
        trials = [trained(c, 0.5) for c in designer.ask(3)]
        for wrong in (trials[::-1], trials[:2], [*trials, trials[0]]):
            with pytest.raises(CallOrderError, match="Expected"):
                designer.tell(wrong)
        designer.tell(trials)
        assert designer.ask(3)

    def test_an_ask_that_fails_can_be_repeated(self) -> None:
        """A search stopped by a cap or an outage asks for the same when it goes on."""
        coder = MoodyCoder()
        designer = self.make_designer(coder, example_card(), 0)
        undisturbed = self.fresh()
        for _ in range(3):
            coder.fails = True
            try:
                designer.ask(4)
            except NoAnswer:
                candidates = designer.ask(4)
            else:
                return  # it asked nobody
            assert candidates == undisturbed.ask(4)
            trials = [trained(c, i / 4) for i, c in enumerate(candidates)]
            designer.tell(trials)
            undisturbed.tell(trials)

    def test_goes_on_after_failures(self) -> None:
        """Failures of every kind, a whole generation of them too, do not stop the search."""
        designer = self.fresh()
        for kind in FailureKind:
            designer.tell([failed(c, kind) for c in designer.ask(2)])
        mixed: list[Trial] = []
        for i, candidate in enumerate(designer.ask(4)):
            is_even = i % 2 == 0
            mixed.append(
                trained(candidate, 0.1) if is_even else failed(candidate, FailureKind.RULE)
            )
        designer.tell(mixed)
        assert designer.ask(4)
