"""The genome of a symbolic reward: which terms it has, of which form, and how stages are told.

A genome travels inside the program it wrote, as comment lines, so that a program text alone can
be bred from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from alignenv.reward_design.coders.vocabulary import Role, Vocabulary, is_level

PREFIX = "#~ "
_WIDTH = 96
_MAX_WEIGHT = 1000.0

FORMS: dict[Role, tuple[str, ...]] = {
    Role.DISTANCE: ("approach", "distance", "closeness", "arrival"),
    Role.FLAG: ("change", "event", "hold"),
    Role.COUNT: ("change", "event", "hold", "loss"),
    Role.HAZARD: ("penalty", "fatal"),
}
"""Forms a term may take.

`approach` pays the decrease of a distance, `distance` charges for it on every step, `closeness`
pays for being near on every step, `arrival` pays when it becomes zero. `change` pays a flag that
turns on and takes it back when it turns off; `event` pays every time it turns on; `hold` pays on
every step while it is on; `loss` pays the decrease of a count. `penalty` charges for a hazard a
little on every step, `fatal` once and much for one that ends the episode. A level may also pay
`away` and `growth`.
"""

LEVEL_FORMS = ("away", "growth")
"""More forms of a plain number's distance: paid per step for being far, or for its increase."""

STAGE_FORMS = ("progress", "lag")
"""Forms about the ladder of all stages: its increase, and what is missing of it on every step."""

FARMABLE = {
    "event": "change",
    "hold": "change",
    "arrival": "approach",
    "closeness": "approach",
    "away": "growth",
}
"""Forms that can pay again and again without success, and the form that cannot instead."""


@dataclass(frozen=True, slots=True)
class Gene:
    """One term of the reward.

    Attributes:
        subject: Key of what it is about; empty for the ladder of stages and for time.
        form: One of the forms of the subject's role, of `STAGE_FORMS`, or `time`.
        weight: Its coefficient, > 0.
        gated: Whether it counts only in the stage of its subject.
    """

    subject: str
    form: str
    weight: float
    gated: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One noun of the goal with the subject that tells that it is done; empty for none."""

    noun: str
    mark: str


@dataclass(frozen=True, slots=True)
class Genome:
    """A whole reward.

    Attributes:
        stages: Stages in the order believed.
        genes: Terms; empty for a potential.
        is_potential: Whether the program is a potential over the ladder of stages.
        weight: Scale of the potential.
    """

    stages: tuple[Stage, ...]
    genes: tuple[Gene, ...]
    is_potential: bool = False
    weight: float = 1.0


def encode(genome: Genome) -> str:
    """Comment lines that `decode` reads back."""
    text = json.dumps(
        {
            "stages": [[s.noun, s.mark] for s in genome.stages],
            "genes": [[g.subject, g.form, g.weight, int(g.gated)] for g in genome.genes],
            "potential": genome.weight if genome.is_potential else 0,
        },
        separators=(",", ":"),
    )
    return "".join(f"{PREFIX}{text[i : i + _WIDTH]}\n" for i in range(0, len(text), _WIDTH))


def decode(source: str, vocabulary: Vocabulary) -> Genome | None:
    """The genome in a program's comments, or None when there is none that fits the card.

    The text may come from anyone: everything is checked against the vocabulary.
    """
    lines = [line[len(PREFIX) :] for line in source.splitlines() if line.startswith(PREFIX)]
    try:
        data = json.loads("".join(lines))
        stages = tuple(Stage(str(noun), str(mark)) for noun, mark in data["stages"])
        genes = tuple(
            Gene(str(subject), str(form), float(weight), bool(gated))
            for subject, form, weight, gated in data["genes"]
        )
        potential = float(data["potential"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    genome = Genome(stages, genes, potential > 0, potential if potential > 0 else 1.0)
    return genome if is_valid(genome, vocabulary) else None


def is_valid(genome: Genome, vocabulary: Vocabulary) -> bool:
    """Whether every part of a genome exists in the vocabulary and every weight is usable."""
    nouns = [stage.noun for stage in genome.stages]
    weights = [genome.weight, *(gene.weight for gene in genome.genes)]
    return (
        sorted(nouns) == sorted(vocabulary.nouns)
        and all(s.mark in ("", *vocabulary.marks(s.noun)) for s in genome.stages)
        and all(gene.form in forms_of(gene.subject, vocabulary) for gene in genome.genes)
        and all(_has_stage(gene, vocabulary) for gene in genome.genes if gene.gated)
        and len({(g.subject, g.form) for g in genome.genes}) == len(genome.genes)
        and all(math.isfinite(w) and 0 < w <= _MAX_WEIGHT for w in weights)
        and (bool(genome.genes) or genome.is_potential)
    )


def _has_stage(gene: Gene, vocabulary: Vocabulary) -> bool:
    """Whether a stage is about what the term is about, so that it can count in it alone."""
    return not gene.subject or vocabulary.subjects[gene.subject].noun in vocabulary.nouns


def forms_of(subject: str, vocabulary: Vocabulary) -> Sequence[str]:
    """Forms that a term about a subject may take."""
    if not subject:
        return (*STAGE_FORMS, "time") if vocabulary.nouns else ("time",)
    found = vocabulary.subjects.get(subject)
    if found is None:
        return ()
    return (*FORMS[found.role], *LEVEL_FORMS) if is_level(found) else FORMS[found.role]


def component(gene: Gene, vocabulary: Vocabulary) -> str:
    """Name of a term's component, unique within a genome."""
    if not gene.subject:
        return gene.form
    return f"{gene.form}_{vocabulary.subjects[gene.subject].label}"
