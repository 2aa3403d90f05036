"""REvolve: an evolution of reward programs on islands, by mutation, crossover and migration.

Hazra, Sygkounas, Persson, Loutfi and Zuidberg Dos Martires, "REvolve: Reward Evolution with Large
Language Models using Human Feedback", ICLR 2025, figure 1 and algorithm 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from alignenv.reward_design.archive import Elites, pick_by_rank
from alignenv.reward_design.designers import breeding
from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class RevolveOptions(DesignerOptions):
    """What may be set of REvolve."""

    islands: int = Field(default=3, ge=1, description="Populations that evolve apart.")
    size: int = Field(default=8, ge=1, description="Most programs that an island keeps.")
    crossover: float = Field(
        default=0.5, ge=0, le=1, description="Share of children with two parents."
    )
    migration: float = Field(
        default=0.3, ge=0, le=1, description="Chance, per generation, that weak islands get a best."
    )
    temperature: float = Field(
        default=1.0, gt=0, description="Evenness of the choice of parents by rank."
    )


class Revolve(GenerationalDesigner):
    """Evolution on islands: each child changes one parent or combines two of its island.

    Islands keep their best distinct programs; now and then the best of a stronger island moves to
    each of the weaker half.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of all randomness.
        options: What may be set.
    """

    Options = RevolveOptions

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: RevolveOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or RevolveOptions()
        self._islands = [Elites(self._options.size) for _ in range(self._options.islands)]
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        """Fresh programs while there are none, then one child after the other, island by island."""
        if not any(self._islands):
            return self.write(n, failed=self._failed)
        rng = self.rng()
        return self.write_each([self._child(i, rng) for i in range(n)])

    def learn(self, trials: Sequence[Trial]) -> None:
        """Let every trained program into the island it was bred for; then perhaps migrate."""
        for trial in trials:
            if trial.evaluation is not None:
                self._island(self.position(trial)).add(trial)
        self._failed = coders_failures(trials)
        self._migrate(self.rng("migrate"))

    def _island(self, position: int) -> Elites:
        """Drafts take turns over the islands, from another one in each generation."""
        return self._islands[(self.generation + position) % len(self._islands)]

    def _child(self, position: int, rng: np.random.Generator) -> breeding.Fields:
        members = self._island(position).best(self._options.size)
        if not members:
            return breeding.from_nothing(self._failed, position)
        first = pick_by_rank(members, rng, self._options.temperature)
        others = [member for member in members if member is not first]
        if others and rng.random() < self._options.crossover:
            second = pick_by_rank(others, rng, self._options.temperature)
            return breeding.cross(self.card, first, second)
        return breeding.mutant(self.card, first, self._failed)

    def _migrate(self, rng: np.random.Generator) -> None:
        """Give the best of a stronger island to each of the weaker half."""
        if rng.random() >= self._options.migration:
            return
        order = sorted(self._islands, key=_standing, reverse=True)
        strong = [island for island in order[: (len(order) + 1) // 2] if island]
        for island in order[len(strong) :] if strong else ():
            island.add(strong[int(rng.integers(len(strong)))].best()[0])


def _standing(island: Elites) -> tuple[float, ...]:
    """Merit of an island's best program; an empty island is below all."""
    return island.best()[0].merit if island else (-2.0,)
