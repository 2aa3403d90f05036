from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from alignenv.analysis import Analyst
from alignenv.reward_design.analysts.plain import DeferringAnalyst, SilentAnalyst
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.analysts.taxonomy import TAXONOMY
from alignenv.reward_design.designers.taxonomy import Taxonomy, TaxonomyOptions
from alignenv.task import TaskCard
from alignenv.testing.analysts import trial
from alignenv.testing.coders import example_card
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Coder, Designer


class TestTaxonomy(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Taxonomy(coder, card, seed)


def run(designer: Designer, successes: Sequence[float], analyst: Analyst | None = None) -> None:
    trials = [
        replace(trial(0, success), candidate=candidate)
        for candidate, success in zip(designer.ask(len(successes)), successes, strict=True)
    ]
    said = (analyst or RulesAnalyst()).analyse(example_card(), trials)
    designer.tell([replace(t, analysis=a) for t, a in zip(trials, said, strict=True)])


@pytest.mark.parametrize(("told", "n"), [("findings", 1), ("taxonomy", len(TAXONOMY))])
def test_findings_or_the_whole_taxonomy_are_told(told: Any, n: int) -> None:
    coder = NotingCoder()
    designer = Taxonomy(coder, example_card(), 0, TaxonomyOptions(told=told))
    run(designer, [0.2, 0.4])
    designer.ask(2)
    text = coder.briefs[-1].turns[-1].text
    assert sum(f"- {ailment.name}:" in text for ailment in TAXONOMY) == n
    assert [t.candidate.id for t in coder.briefs[-1].parents] == ["g00c01"]


def test_findings_are_counted_over_the_search() -> None:
    designer = Taxonomy(NotingCoder(), example_card(), 0)
    run(designer, [0.2, 0.4, 0.95])
    assert designer.facts() == {"findings": {"reward-flooding": 2}}


@pytest.mark.parametrize("analyst", [SilentAnalyst(), DeferringAnalyst()])
def test_without_an_analyst_figures_are_told_alone(analyst: Analyst) -> None:
    coder = NotingCoder()
    designer = Taxonomy(coder, example_card(), 0)
    run(designer, [0.2, 0.4], analyst)
    designer.ask(2)
    words = coder.briefs[-1].turns[-1].text
    assert "Study these figures" in words
    assert "usual faults" not in words
    assert designer.facts() == {"findings": {}}
