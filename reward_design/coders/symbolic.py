"""A coder without a language model: a typed grammar over the task card.

The honest baseline of every table. It reads the card as a language model does (names, kinds and
units of fields, the order of things in the goal), writes rewards in the usual forms, farmable
ones included, and changes them by the same feedback.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alignenv.reward_design.coders.genome import Genome, component, decode
from alignenv.reward_design.coders.grammar import Grammar
from alignenv.reward_design.coders.lessons import Lessons, learn_from
from alignenv.reward_design.coders.revising import Reviser
from alignenv.reward_design.coders.vocabulary import Vocabulary
from alignenv.reward_design.coders.writing import write_program
from alignenv.seeding import generator
from alignenv.types import Brief, Draft, Trial

FRESH, FRESH_WITHOUT_SUCCESS = 0.25, 0.5
"""Share of a generation with parents that is drawn from the grammar all the same.

More where no parent works yet: a program that gets half of the way may be in a trap that no small
change leads out of, and chance does not run into the same one twice.
"""

WORKING = 0.1
"""TRUE success from which a parent is worth small edits rather than large ones."""

_TRIES = 50
UNCHANGED = "unchanged"
"""Note of a mutant that differs from its parent in the order of its terms at most."""


@dataclass(frozen=True, slots=True)
class _Parent:
    trial: Trial
    genome: Genome
    lessons: Lessons

    @property
    def success(self) -> float:
        evaluation = self.trial.evaluation
        return evaluation.score.success if evaluation else 0.0


@dataclass(frozen=True, slots=True)
class _Child:
    genome: Genome
    parents: tuple[str, ...]
    note: str


class SymbolicCoder:
    """Writes programs by sampling, mutating and crossing genomes."""

    name = "symbolic"

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """`n` drafts, different from each other and from the parents where that is possible."""
        vocabulary = Vocabulary(brief.card)
        rng = generator(brief.seed, "search", "symbolic", brief.generation)
        grammar = Grammar(vocabulary, rng)
        parents = [
            _Parent(trial, genome, _lessons_of(trial, vocabulary))
            for trial in brief.parents
            if (genome := decode(trial.candidate.source, vocabulary)) is not None
        ]
        seen = {trial.candidate.source for trial in (*brief.parents, *brief.failed)}
        drafts: list[Draft] = []
        for index in range(n):
            for _ in range(_TRIES):
                child = _breed(grammar, parents, index, n)
                source = write_program(child.genome, vocabulary)
                if source not in seen and child.note != UNCHANGED:
                    break
            seen.add(source)
            drafts.append(Draft(source=source, parents=child.parents, note=child.note))
        return drafts


def _lessons_of(trial: Trial, vocabulary: Vocabulary) -> Lessons:
    return learn_from(trial.evaluation, vocabulary) if trial.evaluation else Lessons()


def _breed(grammar: Grammar, parents: Sequence[_Parent], index: int, n: int) -> _Child:
    """Fresh blood first, then crosses, then mutants of each parent in turn."""
    if not parents:
        return _Child(grammar.sample(), (), "drawn from the grammar")
    works = parents[0].success >= WORKING
    n_fresh = math.ceil(n * (FRESH if works else FRESH_WITHOUT_SUCCESS)) if n > 1 else 0
    n_crossed = n // 8 + 1 if len(parents) > 1 else 0
    if index < n_fresh:
        return _Child(grammar.sample(), (), "drawn from the grammar")
    if index < n_fresh + n_crossed:
        first, second = parents[0], parents[1 + index % (len(parents) - 1)]
        ids = (first.trial.candidate.id, second.trial.candidate.id)
        return _Child(
            grammar.cross(first.genome, second.genome), ids, f"cross of {' and '.join(ids)}"
        )
    parent = parents[index % len(parents)]
    genome = Reviser(grammar).revise(parent.genome, parent.lessons, n_edits=1 if works else 2)
    note = _describe(parent.genome, genome, grammar.vocabulary)
    return _Child(genome, (parent.trial.candidate.id,), note)


def _describe(before: Genome, after: Genome, vocabulary: Vocabulary) -> str:
    """What a mutation changed, in one line."""
    old = {component(g, vocabulary): g for g in before.genes}
    new = {component(g, vocabulary): g for g in after.genes}
    changes = [f"drop {name}" for name in old if name not in new]
    changes += [f"add {name}" for name in new if name not in old]
    changes += [
        f"{name}: {gene.weight:g} -> {new[name].weight:g}"
        for name, gene in old.items()
        if name in new and new[name].weight != gene.weight
    ]
    changes += [
        f"{name}: {'in its stage only' if new[name].gated else 'in every stage'}"
        for name, gene in old.items()
        if name in new and new[name].gated != gene.gated
    ]
    if before.stages != after.stages:
        changes.append("stages told differently")
    if before.weight != after.weight:
        changes.append(f"scale {before.weight:g} -> {after.weight:g}")
    return "; ".join(changes) or UNCHANGED
