"""An archive by kinds: the best program of every kind, told by its text and what it paid.

Mouret and Clune, "Illuminating search spaces by mapping elites", 2015, arXiv:1504.04909, figure 2.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from alignenv.archive import Fitness
from alignenv.reward_design.archive import Elites, merit, ranked
from alignenv.types import Trial

N_COMPONENTS = (3, 5)
"""Where a program has few, several or many components: fewer than 3, fewer than 5, more."""

DENSITY = (0.05, 0.5)
"""Share of steps with a payment, by the busiest component: rare, now and then, nearly always."""

MAGNITUDE = (0.01, 0.1)
"""Mean absolute payment per step, all components together: small, middling, large."""


class Cell(NamedTuple):
    """What kind of reward a program is.

    Attributes:
        components: 0 to 2, by `N_COMPONENTS`.
        density: 0 to 2, by `DENSITY`.
        scale: 0 to 2, by `MAGNITUDE`; -1 for a potential, which changes no optimal policy.
    """

    components: int
    density: int
    scale: int


class Cells:
    """The best program of each kind.

    Args:
        size: Most kinds that are kept; None for all.
        fitness: What programs are compared by; what it says of one may change between calls.
    """

    def __init__(self, size: int | None, fitness: Fitness = merit) -> None:
        self._size, self._fitness = size, fitness
        self._cells: dict[Cell, Elites] = {}

    def __len__(self) -> int:
        return len(self._cells)

    def __iter__(self) -> Iterator[Trial]:
        return (self._cells[cell].best()[0] for cell in sorted(self._cells))

    def add(self, trial: Trial) -> bool:
        """Let a trained trial compete in its cell; False where it is not kept."""
        cell = describe(trial)
        is_kept = self._cells.setdefault(cell, Elites(1, self._fitness)).add(trial)
        if self._size is not None and len(self._cells) > self._size:
            last = self.best(len(self._cells))[-1]
            del self._cells[describe(last)]
            return is_kept and last is not trial
        return is_kept

    def best(self, n: int = 1) -> tuple[Trial, ...]:
        """The best `n`, each of another kind, best first."""
        return tuple(ranked(list(self), self._fitness)[:n])


def describe(trial: Trial) -> Cell:
    """The cell of a trained program, by its text and what its components paid in training."""
    evaluation = trial.evaluation
    assert evaluation is not None, "only trained programs are described"
    stats = evaluation.components.values()
    paid = sum(abs(s.mean) for s in stats)
    return Cell(
        components=bisect_right(N_COMPONENTS, len(evaluation.components)),
        density=bisect_right(DENSITY, max((s.active for s in stats), default=0.0)),
        scale=-1 if _is_potential(trial.candidate.source) else bisect_right(MAGNITUDE, paid),
    )


def _is_potential(source: str) -> bool:
    return any(line.startswith("def potential(") for line in source.splitlines())
