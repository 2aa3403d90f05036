"""MAP-Elites: the best program of every kind, and children of programs of all kinds.

Mouret and Clune, "Illuminating search spaces by mapping elites", 2015, arXiv:1504.04909, figure 2;
over texts that a language model changes, as in Samvelyan et al., "Rainbow Teaming", NeurIPS 2024.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from pydantic import Field

from alignenv.reward_design.archive import Elites
from alignenv.reward_design.designers import breeding
from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial

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


class MapElitesOptions(DesignerOptions):
    """What may be set of MAP-Elites."""

    crossover: float = Field(
        default=0.3, ge=0, le=1, description="Share of children with two parents."
    )
    fresh: float = Field(
        default=0.2, ge=0, le=1, description="Share of programs written from the task alone."
    )


class MapElites(GenerationalDesigner):
    """Keeps the best program of every kind, so that one good idea does not crowd out the others.

    Kinds are told by the number of components, how often they pay, and how much, or that the
    program is a potential. Parents are drawn from all kinds alike.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of all randomness.
        options: What may be set.
    """

    Options = MapElitesOptions

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: MapElitesOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or MapElitesOptions()
        self._cells: dict[Cell, Elites] = {}
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        """Fresh programs while there are none, then children of parents drawn over the cells."""
        if not self._cells:
            return self.write(n, failed=self._failed)
        rng = self.rng()
        return self.write_each([self._child(i, rng) for i in range(n)])

    def learn(self, trials: Sequence[Trial]) -> None:
        """Let every trained program compete in its cell; one that pays as another is no other."""
        for trial in trials:
            if trial.evaluation is not None and not trial.twin:
                self._cells.setdefault(describe(trial), Elites(1)).add(trial)
        self._failed = coders_failures(trials)

    def facts(self) -> Mapping[str, Any]:
        """How many kinds of programs were found."""
        return {"cells": len(self._cells)}

    def _child(self, position: int, rng: np.random.Generator) -> breeding.Fields:
        if rng.random() < self._options.fresh:
            return breeding.from_nothing(self._failed, position)
        elites = [self._cells[cell].best()[0] for cell in sorted(self._cells)]
        first = elites[int(rng.integers(len(elites)))]
        others = [elite for elite in elites if elite is not first]
        if others and rng.random() < self._options.crossover:
            return breeding.cross(self.card, first, others[int(rng.integers(len(others)))])
        return breeding.mutant(self.card, first, self._failed)


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
