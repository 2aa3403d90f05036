"""Draws genomes, changes them at random, and crosses them.

The prior knows how rewards are usually written, not which ones work: it also draws the bonuses
that can be farmed, because programmers and language models write them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from alignenv.reward_design.coders import words
from alignenv.reward_design.coders.genome import (
    Gene,
    Genome,
    Stage,
    forms_of,
    is_valid,
)
from alignenv.reward_design.coders.vocabulary import (
    Role,
    Subject,
    Vocabulary,
    is_level,
    pick_weights,
)

_WEIGHTS: dict[str, tuple[float, ...]] = {
    "approach": (0.5, 1.0, 2.0, 4.0),
    "growth": (0.5, 1.0, 2.0, 4.0),
    "distance": (0.02, 0.05, 0.1),
    "away": (0.02, 0.05, 0.1),
    "closeness": (0.02, 0.05, 0.1),
    "arrival": (1.0, 2.0, 5.0),
    "change": (0.1, 0.3, 1.0),
    "loss": (0.1, 0.3, 1.0),
    "event": (0.1, 0.3, 1.0),
    "hold": (0.01, 0.03, 0.1),
    "penalty": (0.005, 0.02, 0.1),
    "fatal": (0.2, 1.0, 2.0),
    "time": (0.002, 0.005, 0.02),
    "progress": (0.2, 0.5, 1.0, 2.0),
    "lag": (0.01, 0.03, 0.1),
}
_PRIOR: dict[Role, dict[str, float]] = {
    Role.DISTANCE: {"": 0.25, "approach": 0.5, "distance": 0.15, "closeness": 0.1},
    Role.FLAG: {"": 0.35, "change": 0.4, "event": 0.15, "hold": 0.1},
    Role.COUNT: {"": 0.4, "change": 0.35, "event": 0.15, "hold": 0.1},
    Role.HAZARD: {"": 0.6, "penalty": 0.4},
}
_FATAL_PRIOR = {"": 0.4, "fatal": 0.6}
_LEVEL_PRIOR = {"": 0.3, "approach": 0.35, "distance": 0.1, "closeness": 0.05, "away": 0.1}
_LEVEL_PRIOR["growth"] = 1.0 - sum(_LEVEL_PRIOR.values())

T = TypeVar("T")

P_POTENTIAL = 0.1
P_LADDER = 0.25
P_TIME = 0.6
P_ARRIVAL = 0.9
P_SHUFFLED = 0.1
P_UNMARKED = 0.1
P_UNMARKED_UNTOLD = 0.6


class Grammar:
    """Breeds genomes over one vocabulary with one source of randomness.

    Attributes:
        vocabulary: What terms may be about.
        rng: Decides everything.
    """

    def __init__(self, vocabulary: Vocabulary, rng: np.random.Generator) -> None:
        self.vocabulary, self.rng = vocabulary, rng

    def sample(self) -> Genome:
        """A fresh genome from the prior."""
        stages = self._stages()
        if stages and self.chance(P_POTENTIAL):
            return Genome(stages, (), is_potential=True, weight=self.one_of((0.5, 1.0, 2.0)))
        for _ in range(100):
            genome = Genome(stages, distinct(self._genes(stages)))
            if is_valid(genome, self.vocabulary):
                return genome
        return Genome(stages, (Gene("", "time", 0.005),))

    def edit(self, genome: Genome) -> Genome:
        """One random change, or the genome itself where the change makes no sense."""
        change = self.one_of(
            (self._reform, self._reweight, self._reweight, self._add, self._drop, self._restage)
        )
        return self.checked(change(genome), genome)

    def cross(self, first: Genome, second: Genome) -> Genome:
        """Stages of one, and of each subject the terms of one or the other."""
        stages = self.one_of((first.stages, second.stages))
        if first.is_potential or second.is_potential:
            return self.one_of((first, second))
        keys = dict.fromkeys(self._topic(g) for g in (*first.genes, *second.genes))
        genes: list[Gene] = []
        for key in keys:
            source = self.one_of((first, second))
            genes += [g for g in source.genes if self._topic(g) == key]
        return self.checked(Genome(stages, distinct(genes)), first)

    def _stages(self) -> tuple[Stage, ...]:
        nouns = list(self.vocabulary.nouns)
        if self.chance(P_SHUFFLED):
            self.rng.shuffle(nouns)
        return tuple(Stage(noun, self._mark(noun)) for noun in nouns)

    def _mark(self, noun: str) -> str:
        """How to tell that a stage is done; often nothing where no flag tells it."""
        marks = self.vocabulary.marks(noun)
        if not marks:
            return ""
        is_told = self.vocabulary.subjects[marks[0]].role is Role.FLAG
        if self.chance(P_UNMARKED if is_told else P_UNMARKED_UNTOLD):
            return ""
        # A flag says that a stage is done; that its distance is zero only suggests it.
        roles = [self.vocabulary.subjects[mark].role for mark in marks]
        weights = np.array(
            [0.5**i if role is Role.FLAG or not is_told else 0.05 for i, role in enumerate(roles)]
        )
        return str(self.rng.choice(marks, p=weights / weights.sum()))

    def _genes(self, stages: Sequence[Stage]) -> list[Gene]:
        genes: list[Gene] = []
        has_ladder = bool(stages) and self.chance(P_LADDER)
        if has_ladder:
            genes.append(self.gene("", self.one_of(("progress", "progress", "lag"))))
        else:
            for stage in stages:
                genes += self._stage_genes(stage)
        genes += self._end(stages)
        genes += self._loose()
        if self.chance(P_TIME):
            genes.append(self.gene("", "time"))
        return genes

    def _stage_genes(self, stage: Stage) -> list[Gene]:
        """A term for one distance, one flag and one count of the stage, or two plain numbers."""
        genes: list[Gene] = []
        for role in (Role.DISTANCE, Role.FLAG, Role.COUNT):
            subjects = self.vocabulary.about(stage.noun, role)
            n_draws = 2 if subjects and is_level(subjects[0]) else min(1, len(subjects))
            drawn = [self.pick(subjects) for _ in range(n_draws)]
            genes += [self.gene(s.key, form) for s in drawn if (form := self._form(s))]
        return genes

    def _end(self, stages: Sequence[Stage]) -> list[Gene]:
        """What pays for reaching the last stage: it ends the episode, or so one hopes."""
        if not stages or not self.chance(P_ARRIVAL):
            return []
        last = stages[-1]
        told = [s for s in self.vocabulary.about(last.noun, Role.FLAG) if s.key == last.mark]
        ways = self.vocabulary.about(last.noun, Role.DISTANCE)
        if not (told or ways):
            return []
        form = "event" if told else "arrival"
        return [Gene(self.pick(told or ways).key, form, self.one_of(_WEIGHTS["arrival"]))]

    def _loose(self) -> list[Gene]:
        """Hazards, and now and then a flag or count that the goal does not name."""
        genes = []
        for subject in self.vocabulary.subjects.values():
            is_loose = subject.role is Role.HAZARD or (
                not subject.noun and subject.role in (Role.FLAG, Role.COUNT) and self.chance(0.3)
            )
            if is_loose and (form := self._form(subject)):
                genes.append(self.gene(subject.key, form))
        return genes

    def _form(self, subject: Subject) -> str:
        prior = _PRIOR[subject.role]
        if is_level(subject):
            prior = _LEVEL_PRIOR
        elif words.is_fatal(subject.key):
            prior = _FATAL_PRIOR
        return str(self.rng.choice(list(prior), p=list(prior.values())))

    def gene(self, subject: str, form: str) -> Gene:
        """A term of that form with a weight of the prior, gated or not."""
        can_gate = form in ("approach", "distance", "closeness") and len(self.vocabulary.nouns) > 1
        can_gate = can_gate and self.vocabulary.subjects[subject].noun in self.vocabulary.nouns
        return Gene(subject, form, self.one_of(_WEIGHTS[form]), gated=can_gate and self.chance(0.7))

    def _reform(self, genome: Genome) -> Genome:
        """Give one term another form of its subject."""
        if not genome.genes:
            return self.sample()
        i = self._index(genome)
        forms = [f for f in forms_of(genome.genes[i].subject, self.vocabulary) if f != "time"]
        if not forms:
            return genome
        gene = self.gene(genome.genes[i].subject, self.one_of(forms))
        return replace(genome, genes=distinct([*genome.genes[:i], gene, *genome.genes[i + 1 :]]))

    def _reweight(self, genome: Genome) -> Genome:
        factor = self.one_of((0.25, 0.5, 2.0, 4.0))
        if genome.is_potential:
            return replace(genome, weight=rounded(genome.weight * factor))
        i = self._index(genome)
        gene = replace(genome.genes[i], weight=rounded(genome.genes[i].weight * factor))
        return replace(genome, genes=(*genome.genes[:i], gene, *genome.genes[i + 1 :]))

    def _add(self, genome: Genome) -> Genome:
        """Add a term, preferably about a stage that has none."""
        if genome.is_potential:
            return genome
        covered = {self.vocabulary.subjects[g.subject].noun for g in genome.genes if g.subject}
        bare = [stage for stage in genome.stages if stage.noun not in covered]
        if not genome.stages:
            return replace(genome, genes=distinct([*genome.genes, *self._loose()]))
        stage = self.one_of(bare or genome.stages)
        return replace(genome, genes=distinct([*genome.genes, *self._stage_genes(stage)]))

    def _drop(self, genome: Genome) -> Genome:
        if len(genome.genes) < 2:
            return genome
        i = self._index(genome)
        return replace(genome, genes=genome.genes[:i] + genome.genes[i + 1 :])

    def _restage(self, genome: Genome) -> Genome:
        """Tell one stage by another mark, or put a gate on or off."""
        gated = [i for i, g in enumerate(genome.genes) if g.form in ("approach", "distance")]
        if gated and self.chance(0.5):
            i = self.one_of(gated)
            gene = replace(genome.genes[i], gated=not genome.genes[i].gated)
            return replace(genome, genes=(*genome.genes[:i], gene, *genome.genes[i + 1 :]))
        if not genome.stages:
            return genome
        i = int(self.rng.integers(len(genome.stages)))
        noun = genome.stages[i].noun
        stage = Stage(noun, self._mark(noun))
        return replace(genome, stages=(*genome.stages[:i], stage, *genome.stages[i + 1 :]))

    def checked(self, genome: Genome, otherwise: Genome) -> Genome:
        """The genome where it is valid."""
        return genome if is_valid(genome, self.vocabulary) else otherwise

    def _topic(self, gene: Gene) -> str:
        """What a gene is about, for crossing: its noun, or itself."""
        if not gene.subject:
            return gene.form
        return self.vocabulary.subjects[gene.subject].noun or gene.subject

    def _index(self, genome: Genome) -> int:
        return int(self.rng.integers(len(genome.genes)))

    def pick(self, subjects: Sequence[Subject]) -> Subject:
        """One of several subjects by their weights."""
        return subjects[int(self.rng.choice(len(subjects), p=pick_weights(subjects)))]

    def chance(self, p: float) -> bool:
        """True that often."""
        return bool(self.rng.random() < p)

    def one_of(self, options: Sequence[T]) -> T:
        """One of several, all alike."""
        return options[int(self.rng.integers(len(options)))]


def distinct(genes: Sequence[Gene]) -> tuple[Gene, ...]:
    """One gene per subject and form: the first."""
    return tuple({(g.subject, g.form): g for g in reversed(genes)}.values())[::-1]


def rounded(weight: float) -> float:
    """A weight with three digits."""
    return float(f"{weight:.3g}")
