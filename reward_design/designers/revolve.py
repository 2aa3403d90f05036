"""REvolve: an evolution of reward programs on islands, by mutation, crossover and migration.

Hazra, Sygkounas, Persson, Loutfi and Zuidberg Dos Martires, "REvolve: Reward Evolution with Large
Language Models using Human Feedback", ICLR 2025, figure 1 and algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alignenv.archive import Archive
from alignenv.reward_design.archive import make_archive, pick_by_rank, pick_by_softmax
from alignenv.reward_design.designers import breeding
from alignenv.reward_design.designers.base import (
    ArchiveName,
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.reward_design.designers.comments import CommentsFile
from alignenv.reward_design.designers.preferences import (
    Choice,
    ChoicesFile,
    Chooser,
    Pair,
    Showing,
    SuccessChooser,
    blinded,
    comparable,
)
from alignenv.reward_design.designers.ratings import START, elo, pairs_of
from alignenv.reward_design.opinions import Opinion, Opinions
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial

MAX_REMARKS = 8
"""Most remarks of people that a coder is told of one agent, the newest."""


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
    faithful: bool = Field(
        default=False, description="Draw parents by the softmax of fitness over `temperature`."
    )
    fitness: Literal["success", "preferences"] = Field(
        default="success",
        description="TRUE success, or Elo ratings from choices between two agents.",
    )
    games: int = Field(
        default=2, ge=1, description="Pairs that each new agent opens, where choices are asked for."
    )
    choices: CommentsFile | None = Field(
        default=None,
        exclude=True,
        description="FILE of a person's choices; sets fitness=preferences. TRUE success chooses "
        "where there is none.",
    )

    archive: ArchiveName = Field(
        default="elites", description="What an island keeps: elites, cells, or another archive."
    )

    LATER = ("fitness", "games", "archive", "faithful")

    @model_validator(mode="before")
    @classmethod
    def _choices_decide(cls, values: Any) -> Any:
        """A file of choices is there to be used."""
        if isinstance(values, Mapping) and values.get("choices") is not None:
            return {"fitness": "preferences", **values}
        return values

    @model_validator(mode="after")
    def _choices_are_used(self) -> Self:
        if self.choices is not None and self.fitness != "preferences":
            raise ValueError("choices go with fitness=preferences")
        return self


class Revolve(GenerationalDesigner):
    """Evolution on islands: each child changes one parent or combines two of its island.

    Now and then the best of a stronger island moves to a weaker one. Fitness is TRUE success, or
    ratings by people who choose between two agents.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of all randomness.
        options: What may be set.
        chooser: Who compares agents, in place of what the options name.
    """

    Options = RevolveOptions

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: RevolveOptions | None = None,
        *,
        chooser: Chooser | None = None,
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or RevolveOptions()
        path = self._options.choices
        self._chooser = chooser or (ChoicesFile(path) if path else SuccessChooser())
        self._choices: list[Choice] = []
        self._latest: Sequence[Choice] = ()
        self._ratings: Mapping[str, float] = {}
        self._rated: dict[str, Trial] = {}
        self._islands = [
            make_archive(self._options.archive, self._options.size, self._fitness)
            for _ in range(self._options.islands)
        ]
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        """Fresh programs while there are none, then one child after the other, island by island."""
        if not any(self._islands):
            return self.write(n, failed=self._failed)
        rng = self.rng()
        return self.write_each([self._child(i, rng) for i in range(n)])

    def learn(self, trials: Sequence[Trial]) -> None:
        """Let every trained program into the island it was bred for; then perhaps migrate."""
        trained = [trial for trial in trials if trial.evaluation is not None]
        if self._is_rated:
            trained = comparable(trials)
            self._rate(trained)
        for trial in trained:
            shown = blinded(trial) if self._is_rated else trial
            self._island(self.position(trial)).add(shown)
        self._failed = coders_failures(trials)
        self._migrate(self.rng("migrate"))

    @property
    def asks_person(self) -> bool:
        """Whether a person chooses between agents."""
        return isinstance(self._chooser, ChoicesFile) and self._is_rated

    def showing(self, trials: Sequence[Trial]) -> Showing | None:
        """The pairs that a person is asked about; None where no person is."""
        fresh = comparable(trials)
        pairs = self._pairs(fresh)
        if not isinstance(self._chooser, ChoicesFile) or not self._is_rated or not pairs:
            return None
        seen = {i for pair in pairs for i in pair}
        agents = [t for t in (*self._rated.values(), *fresh) if t.candidate.id in seen]
        return Showing(tuple(agents), tuple(pairs), self._chooser.wish(self.generation))

    def answer(self) -> Sequence[str]:
        """The choices about the generation that was told last, as a person writes them."""
        return [choice.line for choice in self._latest]

    def choice(self) -> str | None:
        """The candidate rated highest in the end, of equals the earlier; None without ratings."""
        return max(self._rated, key=lambda i: self._ratings[i], default=None)

    def facts(self) -> Mapping[str, Any]:
        """How many choices ratings rest on, where they are the fitness."""
        return {"queries": len(self._choices)} if self._is_rated else {}

    @property
    def _is_rated(self) -> bool:
        return self._options.fitness == "preferences"

    def _fitness(self, trial: Trial) -> tuple[float, ...]:
        """What programs are compared by: merit, or the rating of their agents."""
        if self._is_rated:
            return (self._ratings[trial.candidate.id],)
        return trial.merit

    def _rate(self, fresh: Sequence[Trial]) -> None:
        """Have new agents compared with each other and with the best of each island."""
        known = [*self._rated.values(), *fresh]
        pairs = self._pairs(fresh)
        self._latest = self._chooser.choose(self.generation, pairs, known) if pairs else ()
        self._choices += self._latest
        self._rated |= {trial.candidate.id: trial for trial in fresh}
        self._ratings = {**dict.fromkeys(self._rated, START), **elo(self._choices)}

    def _opinions(self, *parents: Trial) -> Opinions:
        """What people think of the agents of these parents; nothing where none were asked."""
        ids = [trial.candidate.id for trial in parents if self._is_rated]
        return {i: Opinion(rating=self._ratings[i], remarks=self._remarks(i)) for i in ids}

    def _remarks(self, about: str) -> tuple[str, ...]:
        """The last things said of an agent, oldest first."""
        its = [choice for choice in self._choices if about in (choice.a, choice.b)]
        return tuple(remark for c in its if (remark := c.remark(about)))[-MAX_REMARKS:]

    def _pairs(self, fresh: Sequence[Trial]) -> list[Pair]:
        best = dict.fromkeys(island.best()[0].candidate.id for island in self._islands if island)
        ids = [trial.candidate.id for trial in fresh]
        return pairs_of(ids, list(best), self._options.games, self.rng("pairs"))

    def _island(self, position: int) -> Archive:
        """Drafts take turns over the islands, from another one in each generation."""
        return self._islands[(self.generation + position) % len(self._islands)]

    def _child(self, position: int, rng: np.random.Generator) -> breeding.Fields:
        members = self._island(position).best(self._options.size)
        if not members:
            return breeding.from_nothing(self._failed, position)
        first = self._drawn(members, rng)
        others = [member for member in members if member is not first]
        if others and rng.random() < self._options.crossover:
            second = self._drawn(others, rng)
            return breeding.cross(self.card, first, second, self._opinions(first, second))
        return breeding.mutant(self.card, first, self._failed, self._opinions(first))

    def _drawn(self, members: Sequence[Trial], rng: np.random.Generator) -> Trial:
        """A parent, of the best first."""
        temperature = self._options.temperature
        if not self._options.faithful:
            return pick_by_rank(members, rng, temperature)
        return pick_by_softmax(members, [self._value(m) for m in members], rng, temperature)

    def _value(self, trial: Trial) -> float:
        """Its rating where people choose, else TRUE success, 0 to 1."""
        if self._is_rated:
            return self._ratings[trial.candidate.id]
        return 0.0 if trial.evaluation is None else trial.evaluation.score.success

    def _migrate(self, rng: np.random.Generator) -> None:
        """Give the best of a stronger island to each of the weaker half."""
        if rng.random() >= self._options.migration:
            return
        order = sorted(self._islands, key=self._standing, reverse=True)
        strong = [island for island in order[: (len(order) + 1) // 2] if island]
        for island in order[len(strong) :] if strong else ():
            island.add(strong[int(rng.integers(len(strong)))].best()[0])

    def _standing(self, island: Archive) -> tuple[float, ...]:
        """Fitness of an island's best program; an empty island is below all."""
        return self._fitness(island.best()[0]) if island else (-math.inf,)
