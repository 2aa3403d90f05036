"""An archive: the best program, and beside it the newest ones."""

from collections.abc import Iterator

from alignenv.archive import Fitness
from alignenv.reward_design.archive import distinct, ranked
from alignenv.types import Trial


class Newest:
    """Keeps the best of all, and fills up with what was tried last, however good."""

    def __init__(self, size: int | None, fitness: Fitness) -> None:
        self._size, self._fitness = size, fitness
        self._trials: list[Trial] = []

    def __len__(self) -> int:
        return len(self._trials)

    def __iter__(self) -> Iterator[Trial]:
        return iter(self._trials)

    def add(self, trial: Trial) -> bool:
        """Take a trained trial in; False where an equal program did better."""
        best, *others = distinct(ranked([*self._trials, trial], self._fitness))
        newest = sorted(others, key=lambda one: one.candidate.id, reverse=True)
        self._trials = [best, *newest][: self._size]
        return any(kept is trial for kept in self._trials)

    def best(self, n: int = 1) -> tuple[Trial, ...]:
        """The best `n` of those that are kept, best first."""
        return tuple(ranked(self._trials, self._fitness)[:n])
