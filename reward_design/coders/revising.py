"""Changes a genome by what its training showed.

Where something that the goal asks for is not paid yet, it gets paid. Where all of it is paid and
yet not done, the terms stand in each other's way: what is done already is let go, or all stages
are paid as one ladder. Stages take the order in which the agent did them, and now and then all goes
that is neither asked for nor went along with progress. Only then chance has its turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alignenv.reward_design.coders.genome import FARMABLE, Gene, Genome, Stage, component
from alignenv.reward_design.coders.grammar import Grammar, distinct, rounded
from alignenv.reward_design.coders.lessons import Lessons
from alignenv.reward_design.coders.vocabulary import Role, Subject
from alignenv.reward_design.feedback import Verdict

P_LESSON = 0.9
P_ALL = 0.5
P_FIRST = 0.7
P_WIDER = 0.15
P_UNGATED = 0.5
P_REORDERED = 0.5
P_BARE = 0.2
P_CLIMB = 0.15
LADDER = (1.0, 2.0)
"""What a stage of a new ladder may pay."""
_FAVOUR = 4.0


class Reviser:
    """Revises genomes of one grammar, with its source of randomness.

    Args:
        grammar: Draws what is added.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._grammar, self._vocabulary = grammar, grammar.vocabulary

    def revise(self, genome: Genome, lessons: Lessons, n_edits: int) -> Genome:
        """Make misbehaving terms harmless, then up to `n_edits` changes, the first by a lesson."""
        genome = self._repair(genome, lessons.verdicts)
        if self._grammar.chance(P_REORDERED):
            genome = _reordered(genome, lessons)
        n_edits = self._grammar.one_of(range(1, n_edits + 1)) if n_edits else 0
        if n_edits and self._grammar.chance(P_LESSON):
            genome = self._grammar.checked(self._act(genome, lessons), genome)
            n_edits -= 1
        for _ in range(n_edits):
            genome = self._grammar.edit(genome)
        return genome

    def _act(self, genome: Genome, lessons: Lessons) -> Genome:
        if genome.is_potential:
            genome = Genome(genome.stages, (Gene("", "progress", genome.weight),))
        if not lessons.undone or self._grammar.chance(P_WIDER):
            return self._widen(genome, lessons)
        if self._grammar.chance(P_CLIMB):
            return self._climb(genome)
        if self._grammar.chance(P_BARE):
            genome = self._bare(genome, lessons)
        undone = [self._vocabulary.subjects[key] for key in lessons.undone]
        unpaid = [subject for subject in undone if self._lacks(genome, subject)]
        if unpaid:
            return self._pursue(genome, unpaid, lessons)
        way = self._grammar.one_of(range(3))
        if way == 0:
            return self._climb(genome)
        return self._release(genome, lessons) if way == 1 else self._heavier(genome, undone[0])

    def _pursue(self, genome: Genome, unpaid: Sequence[Subject], lessons: Lessons) -> Genome:
        """Pay for what the agent does not do yet, and for the way to it: for one thing or for all.

        Terms keep to the forms that cannot be farmed.
        """
        if self._grammar.chance(P_ALL):
            wanted = list(unpaid)
        elif self._grammar.chance(P_FIRST):
            wanted = [unpaid[0]]
        else:
            wanted = [self._grammar.one_of(unpaid)]
        for subject in wanted:
            genes = list(genome.genes)
            if not self._its(genome, subject):
                genes.append(self._grammar.gene(subject.key, _safe_form(subject, lessons)))
            genes += self._way(genome, subject)
            genome = Genome(self._told(genome.stages, subject), distinct(genes))
        return genome

    def _lacks(self, genome: Genome, subject: Subject) -> bool:
        has_way = bool(self._there(genome, subject)) or not self._vocabulary.ways(subject)
        return not (self._its(genome, subject) and has_way)

    def _its(self, genome: Genome, subject: Subject) -> list[Gene]:
        """Terms that pay a flag or count and cannot be farmed."""
        return [g for g in genome.genes if g.subject == subject.key and g.form not in FARMABLE]

    def _there(self, genome: Genome, subject: Subject) -> list[Gene]:
        """Terms that pay for the way to it."""
        ways = {way.key for way in self._vocabulary.ways(subject)}
        return [g for g in genome.genes if g.subject in ways and g.form == "approach"]

    def _way(self, genome: Genome, subject: Subject) -> list[Gene]:
        """A new term for the way to it, where there is a way and no such term."""
        ways = self._vocabulary.ways(subject)
        if not ways or self._there(genome, subject):
            return []
        return [self._grammar.gene(self._grammar.pick(ways).key, "approach")]

    def _told(self, stages: Sequence[Stage], subject: Subject) -> tuple[Stage, ...]:
        """Stages of which the subject's own, if nothing told that it is done, is now told by it."""
        can = subject.key in self._vocabulary.marks(subject.noun) if subject.noun else False
        return tuple(
            replace(stage, mark=subject.key) if can and stage == Stage(subject.noun, "") else stage
            for stage in stages
        )

    def _heavier(self, genome: Genome, subject: Subject) -> Genome:
        """Double what pays for a thing and for the way to it."""
        its = {*self._its(genome, subject), *self._there(genome, subject)}
        genes = (replace(g, weight=rounded(2 * g.weight)) if g in its else g for g in genome.genes)
        return replace(genome, genes=tuple(genes))

    def _release(self, genome: Genome, lessons: Lessons) -> Genome:
        """Drop a term that charges for undoing what is done: a key is put down to take a box.

        The way to it stays paid, or it would not be done at all any more.
        """
        held = [
            gene
            for gene in genome.genes
            if gene.form == "change"
            and gene.subject not in lessons.undone
            and self._vocabulary.subjects[gene.subject].role is Role.FLAG
        ]
        if not held or len(genome.genes) == 1:
            return self._grammar.edit(genome)
        dropped = self._grammar.one_of(held)
        subject = self._vocabulary.subjects[dropped.subject]
        genes = [gene for gene in genome.genes if gene != dropped]
        return replace(genome, genes=distinct([*genes, *self._way(genome, subject)]))

    def _climb(self, genome: Genome) -> Genome:
        """Pay all stages as one ladder, told by the last that is done, in place of their terms."""
        if not genome.stages:
            return self._grammar.edit(genome)
        nouns = set(self._vocabulary.nouns)
        loose = [g for g in genome.genes if g.subject and self._noun(g) not in nouns]
        end = [g for g in genome.genes if g.form in ("event", "arrival") and self._noun(g) in nouns]
        whole = [g for g in genome.genes if not g.subject and g.form != "lag"]
        ladder = Gene("", "progress", self._grammar.one_of(LADDER))
        marks = {noun: self._vocabulary.marks(noun) for noun in nouns}
        stages = tuple(
            replace(s, mark=marks[s.noun][0]) if marks[s.noun] and not s.mark else s
            for s in genome.stages
        )
        return Genome(stages, distinct([*loose, *end[-1:], *whole, ladder]))

    def _bare(self, genome: Genome, lessons: Lessons) -> Genome:
        """Only terms about what the goal names, what went along with progress, and what is left."""
        kept, nouns = {"", *lessons.helpful, *lessons.undone}, set(self._vocabulary.nouns)
        genes = [g for g in genome.genes if g.subject in kept or self._noun(g) in nouns]
        pays = any(gene.form != "time" for gene in genes)
        return replace(genome, genes=tuple(genes)) if pays else genome

    def _widen(self, genome: Genome, lessons: Lessons) -> Genome:
        """Add a term about something that no term looks at, in a form that cannot be farmed."""
        used = {gene.subject for gene in genome.genes}
        unused = [
            _weighted(s, lessons)
            for s in self._vocabulary.subjects.values()
            if s.key not in used and s.role is not Role.HAZARD
        ]
        if not unused:
            return self._grammar.edit(genome)
        subject = self._grammar.pick(unused)
        gene = self._grammar.gene(subject.key, _safe_form(subject, lessons))
        return replace(genome, genes=(*genome.genes, gene))

    def _repair(self, genome: Genome, verdicts: Mapping[str, Verdict]) -> Genome:
        """Make a farmed term safe, lower a dominating one, ungate one that never acts."""
        genes = []
        for gene in genome.genes:
            verdict = verdicts.get(component(gene, self._vocabulary))
            if verdict is Verdict.FARMED and gene.form in FARMABLE:
                safe = self._grammar.gene(gene.subject, FARMABLE[gene.form])
                genes.append(replace(safe, gated=gene.gated))
            elif verdict is Verdict.DOMINATING:
                genes.append(replace(gene, weight=rounded(gene.weight / 4)))
            elif verdict is Verdict.SILENT and gene.gated and self._grammar.chance(P_UNGATED):
                genes.append(replace(gene, gated=False))
            else:
                genes.append(gene)
        return self._grammar.checked(replace(genome, genes=distinct(genes)), genome)

    def _noun(self, gene: Gene) -> str:
        return self._vocabulary.subjects[gene.subject].noun if gene.subject else ""


def _reordered(genome: Genome, lessons: Lessons) -> Genome:
    """Stages that the agent got done first, in the order in which it did."""
    done = [key for key in lessons.order if any(stage.mark == key for stage in genome.stages)]
    places = {key: place for place, key in enumerate(done)}
    stages = sorted(genome.stages, key=lambda stage: places.get(stage.mark, len(places)))
    return replace(genome, stages=tuple(stages))


def _safe_form(subject: Subject, lessons: Lessons) -> str:
    """The form that pays for getting further and takes back what is lost again."""
    if subject.role is Role.DISTANCE:
        return "approach"
    return "loss" if subject.key in lessons.harmful else "change"


def _weighted(subject: Subject, lessons: Lessons) -> Subject:
    """A subject, likelier to be picked where it went along with true progress."""
    if subject.role is Role.COUNT and subject.key in lessons.helpful | lessons.harmful:
        factor = _FAVOUR
    elif subject.role is Role.DISTANCE and subject.key in lessons.harmful:
        factor = 1 / _FAVOUR
    else:
        factor = _FAVOUR if subject.key in {*lessons.helpful, *lessons.undone} else 1.0
    return replace(subject, weight=subject.weight * factor)
