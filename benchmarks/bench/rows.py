"""The rows of a benchmark table: what each of them trains."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from alignenv.agents.presets import ALGORITHMS
from alignenv.benchmarks.protocol import NOVELTY_BONUS
from alignenv.errors import ConfigError, UnknownName

Kind = Literal["player", "reward", "search", "programs", "racing"]

RND_SCALE = 0.5
"""Of 0.01, 0.1, 0.5, 1 and 3 the one that did best on DoorKey-8x8, three trainings of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSpec:
    """One row.

    Attributes:
        name: How suites, records and `--only` name it.
        label: How tables call it.
        about: What it is, one line.
        kind: `player` plays by itself; `reward` trains on a fixed reward; `search` lets a
            designer look for one; `programs` trains packaged programs and takes the best;
            `racing` trains programs in full to tell what racing would have done.
        reward: Reference reward of a `reward` row, or the player's name.
        as_potential: Whether the potential inside the human reward shapes the sparse one.
        novelty: Bonus for states that are new in their episode.
        rnd: Scale of the bonus of random network distillation.
        equal_steps: Whether one training gets all env steps of a whole search.
        designer: Designer of a `search` row.
        coder: Its coder.
        algorithm: What trains it; empty for the suite's own algorithm.
    """

    name: str
    label: str
    about: str
    kind: Kind
    reward: str = ""
    as_potential: bool = False
    novelty: float = 0.0
    rnd: float = 0.0
    equal_steps: bool = False
    designer: str = ""
    coder: str = ""
    algorithm: str = ""


ROWS: tuple[RowSpec, ...] = (
    RowSpec(
        name="random",
        label="random actions",
        about="Actions drawn uniformly; no training.",
        kind="player",
        reward="random",
    ),
    RowSpec(
        name="sparse",
        label="sparse",
        about="The task's own reward: what a designed one must beat.",
        kind="reward",
        reward="sparse",
    ),
    RowSpec(
        name="sparse-equal-steps",
        label="sparse, steps of a search",
        about="One training with the env steps that a search and its winner's training may use.",
        kind="reward",
        reward="sparse",
        equal_steps=True,
    ),
    RowSpec(
        name="sparse+novelty",
        label="sparse + novelty count",
        about=f"Plus {NOVELTY_BONUS} for each state that is new in its episode.",
        kind="reward",
        reward="sparse",
        novelty=NOVELTY_BONUS,
    ),
    RowSpec(
        name="sparse+rnd",
        label="sparse + RND",
        about="Plus the bonus of random network distillation (Burda et al., 2019).",
        kind="reward",
        reward="sparse",
        rnd=RND_SCALE,
    ),
    RowSpec(
        name="human",
        label="human",
        about="The dense reward written by hand.",
        kind="reward",
        reward="human",
    ),
    RowSpec(
        name="human-potential",
        label="human as potential",
        about="The potential inside the human reward, shaping the sparse one (Ng et al., 1999).",
        kind="reward",
        reward="human",
        as_potential=True,
    ),
    RowSpec(
        name="hackable",
        label="hackable",
        about="A plausible reward with a documented exploit.",
        kind="reward",
        reward="hackable",
    ),
    RowSpec(
        name="random-programs",
        label="random programs",
        about="As many programs of the symbolic grammar as a search may train, without feedback.",
        kind="search",
        designer="random",
        coder="symbolic",
    ),
    RowSpec(
        name="llm-zero-shot",
        label="llm-zero-shot (recorded)",
        about="Programs that a language model wrote in November 2026 from a task card alone, each "
        "trained like a candidate, the best chosen on selection seeds.",
        kind="programs",
    ),
    RowSpec(
        name="racing",
        label="racing",
        about="Random programs trained in full and scored on the way: what racing saves and loses.",
        kind="racing",
    ),
    RowSpec(
        name="oracle",
        label="oracle",
        about="The task's scripted policy, which sees what it likes; no training.",
        kind="player",
        reward="oracle",
    ),
)
"""Rows with a name of their own; any other search is named `designer[coder]`."""

_SEARCH = re.compile(r"(?P<designer>[a-z][\w-]*)\[(?P<coder>[a-z]+(?::[^\]]+)?)\]")


def find_row(name: str) -> RowSpec:
    """The row of that name, or the search `designer[coder]`, such as `eureka[symbolic]`.

    `@ALGORITHM` after either, such as `human@DQN`, is the same row trained by that algorithm.

    Raises:
        ConfigError: The row trains nothing, or in pieces, so that it has no other algorithm.
        UnknownName: Neither a row nor a search.
    """
    base, _, algorithm = name.rpartition("@")
    if base and algorithm in ALGORITHMS:
        return _trained_by(find_row(base), algorithm)
    for row in ROWS:
        if row.name == name:
            return row
    if found := _SEARCH.fullmatch(name):
        return RowSpec(
            name=name,
            label=name,
            about=f"The designer {found['designer']} with the coder {found['coder']}.",
            kind="search",
            designer=found["designer"],
            coder=found["coder"],
        )
    known = [*(row.name for row in ROWS), "eureka[symbolic]", *(f"human@{a}" for a in ALGORITHMS)]
    raise UnknownName.of("row", name, known)


def _trained_by(row: RowSpec, algorithm: str) -> RowSpec:
    if row.kind in ("player", "racing"):
        raise ConfigError(
            f"Row {row.name} has no other algorithm: it trains nothing, or in pieces.",
            cure=f"Name {row.name} alone.",
        )
    return replace(
        row,
        name=f"{row.name}@{algorithm}",
        label=f"{row.label}, {algorithm}",
        about=f"{row.about} Trained with {algorithm}.",
        algorithm=algorithm,
    )
