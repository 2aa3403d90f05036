"""MAP-Elites: the best program of every kind, and children of programs of all kinds.

Mouret and Clune, "Illuminating search spaces by mapping elites", 2015, arXiv:1504.04909, figure 2;
over texts that a language model changes, as in Samvelyan et al., "Rainbow Teaming", NeurIPS 2024.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field

from alignenv.reward_design.archive import make_archive
from alignenv.reward_design.designers import breeding
from alignenv.reward_design.designers.base import (
    ArchiveName,
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class MapElitesOptions(DesignerOptions):
    """What may be set of MAP-Elites."""

    crossover: float = Field(
        default=0.3, ge=0, le=1, description="Share of children with two parents."
    )
    fresh: float = Field(
        default=0.2, ge=0, le=1, description="Share of programs written from the task alone."
    )
    archive: ArchiveName = Field(
        default="cells", description="What parents are drawn from: cells, elites, or another."
    )

    LATER = ("archive",)


class MapElites(GenerationalDesigner):
    """Keeps the best program of every kind, so that one good idea does not crowd out the rest.

    Kinds differ in the number of components, how often and how much they pay. Parents are drawn
    from all kinds alike.

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
        self._cells = make_archive(self._options.archive, None)
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
                self._cells.add(trial)
        self._failed = coders_failures(trials)

    def facts(self) -> Mapping[str, Any]:
        """How many kinds of programs were found."""
        return {"cells": len(self._cells)}

    def _child(self, position: int, rng: np.random.Generator) -> breeding.Fields:
        if rng.random() < self._options.fresh:
            return breeding.from_nothing(self._failed, position)
        elites = list(self._cells)
        first = elites[int(rng.integers(len(elites)))]
        others = [elite for elite in elites if elite is not first]
        if others and rng.random() < self._options.crossover:
            return breeding.cross(self.card, first, others[int(rng.integers(len(others)))])
        return breeding.mutant(self.card, first, self._failed)
