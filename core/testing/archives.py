"""What every archive must do, as tests to inherit.

class TestMyArchive(ArchiveContract):
    def make_archive(self, size, fitness):
        return MyArchive(size, fitness)
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from alignenv.archive import Archive, Fitness
from alignenv.testing.coders import trained
from alignenv.types import Candidate, Trial

SUCCESSES = (0.2, 0.6, 0.4, 0.1, 0.6)


def by_merit(trial: Trial) -> tuple[float, ...]:
    """The fitness of most searches."""
    return trial.merit


def example_trial(number: int, success: float, source: str = "") -> Trial:
    """One of several trained programs, each with a text of its own unless one is given."""
    text = source or f"def reward(prev, action, state):\n    return {number}.0, {{}}\n"
    candidate = Candidate(id=f"g00c{number:02d}", source=text, coder="x", generation=0)
    return trained(candidate, success)


class ArchiveContract(ABC):
    """An archive: distinct programs, few enough, best first, a function of what was added."""

    @abstractmethod
    def make_archive(self, size: int | None, fitness: Fitness) -> Archive:
        """An empty archive."""

    def filled(self, size: int | None = None, fitness: Fitness = by_merit) -> Archive:
        """An archive to which five programs were offered."""
        archive = self.make_archive(size, fitness)
        for number, success in enumerate(SUCCESSES):
            archive.add(example_trial(number, success))
        return archive

    def test_begins_empty(self) -> None:
        """There is nobody to pick."""
        archive = self.make_archive(2, by_merit)
        assert len(archive) == 0
        assert list(archive) == []
        assert archive.best() == ()
        assert archive.best(3) == ()

    def test_keeps_the_first(self) -> None:
        """The first trained program is better than none."""
        archive, first = self.make_archive(1, by_merit), example_trial(0, 0.0)
        assert archive.add(first)
        assert list(archive) == [first]
        assert archive.best() == (first,)

    def test_the_best_comes_first_and_of_equals_the_earlier(self) -> None:
        """Whatever else is kept, the best of all is."""
        best = self.filled().best(len(SUCCESSES))
        assert best[0].candidate.id == "g00c01"
        merits = [trial.merit for trial in best]
        assert merits == sorted(merits, reverse=True)

    def test_goes_by_the_fitness_that_is_given(self) -> None:
        """A search may compare programs by something else than success."""
        worst = self.filled(1, lambda trial: tuple(-x for x in trial.merit)).best()
        assert [trial.candidate.id for trial in worst] == ["g00c03"]

    def test_keeps_no_more_than_it_may(self) -> None:
        """The bound holds after every addition, and `best` gives what is kept."""
        archive = self.make_archive(2, by_merit)
        for number, success in enumerate(SUCCESSES):
            archive.add(example_trial(number, success))
            assert len(archive) == len(list(archive)) <= 2
            assert {t.candidate.id for t in archive.best(9)} == {t.candidate.id for t in archive}
            assert len(archive.best(1)) == 1

    def test_says_whether_a_trial_is_kept(self) -> None:
        """What is said is what is there."""
        archive = self.make_archive(2, by_merit)
        for number, success in enumerate(SUCCESSES):
            trial = example_trial(number, success)
            assert archive.add(trial) is any(kept is trial for kept in archive)

    def test_one_program_is_kept_once(self) -> None:
        """A program that was trained twice is one, by its better training."""
        archive, text = self.make_archive(None, by_merit), example_trial(0, 0.0).candidate.source
        for number, success in enumerate(SUCCESSES):
            archive.add(example_trial(number, success, text))
        assert [trial.candidate.id for trial in archive] == ["g00c01"]

    def test_reading_changes_nothing_and_equal_additions_give_equal_archives(self) -> None:
        """A resumed search finds the parents that it had."""
        first, second = self.filled(3), self.filled(3)
        for _ in range(2):
            assert [t.candidate.id for t in first] == [t.candidate.id for t in second]
            assert first.best(2) == second.best(2)
