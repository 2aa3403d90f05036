from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from alignenv.reward_design.cells import Cell, describe
from alignenv.reward_design.designers.map_elites import MapElites, MapElitesOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Candidate, Coder, ComponentStats, Designer, Trial

SHAPED = "def potential(state):\n    return -state.path_to_goal\n"
PLAIN = "def reward(prev, action, state):\n    return 0.0, {}\n"

Feed = Callable[..., Any]


class TestMapElites(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return MapElites(coder, card, seed)


def paying(candidate: Candidate, success: float, **stats: tuple[float, float]) -> Trial:
    """A trained trial whose components paid (mean, share of steps)."""
    trial = trained(candidate, success)
    assert trial.evaluation is not None
    components = {
        name: ComponentStats(mean=mean, low=min(mean, 0), high=max(mean, 0), active=active)
        for name, (mean, active) in stats.items()
    }
    return Trial(candidate=candidate, evaluation=replace(trial.evaluation, components=components))


def candidate(source: str = PLAIN) -> Candidate:
    return Candidate(id="g00c00", source=source, coder="x", generation=0)


@pytest.mark.parametrize(
    ("source", "stats", "cell"),
    [
        (PLAIN, {"goal": (0.001, 0.01)}, Cell(0, 0, 0)),
        (PLAIN, {"a": (0.02, 0.2), "b": (-0.03, 0.1), "c": (0.0, 0.0)}, Cell(1, 1, 1)),
        (PLAIN, dict.fromkeys("abcde", (0.1, 0.9)), Cell(2, 2, 2)),
        (SHAPED, {"shaping": (0.4, 0.9)}, Cell(0, 2, -1)),
        (PLAIN, {}, Cell(0, 0, 0)),
    ],
)
def test_kinds(source: str, stats: dict[str, tuple[float, float]], cell: Cell) -> None:
    assert describe(paying(candidate(source), 0.5, **stats)) == cell


def test_a_kind_keeps_its_best_and_other_kinds_their_own() -> None:
    coder = NotingCoder()
    search = MapElites(coder, example_card(), 0, MapElitesOptions(fresh=0, crossover=0))
    rare, dense = {"goal": (0.001, 0.01)}, {"goal": (0.3, 0.9)}
    first = search.ask(4)
    outcomes = ((0.9, rare), (0.1, dense), (0.3, dense), (0.2, rare))
    search.tell([paying(c, s, **k) for c, (s, k) in zip(first, outcomes, strict=True)])
    assert search.facts() == {"cells": 2}
    del coder.briefs[:]
    search.ask(40)
    shown = {trial.candidate.id for brief in coder.briefs for trial in brief.parents}
    assert shown == {"g00c00", "g00c02"}


def test_shares_of_fresh_programs_and_crosses(feed: Feed) -> None:
    coder = NotingCoder()
    search = MapElites(coder, example_card(), 0, MapElitesOptions(fresh=0.25, crossover=0.5))
    kinds = [{"goal": (0.001, 0.01)}, {"goal": (0.3, 0.9)}]
    search.tell([paying(c, 0.5, **k) for c, k in zip(search.ask(2), kinds, strict=True)])
    del coder.briefs[:]
    search.ask(200)
    counts = [sum(len(brief.parents) == k for brief in coder.briefs) / 200 for k in range(3)]
    assert counts == pytest.approx([0.25, 0.375, 0.375], abs=0.1)
