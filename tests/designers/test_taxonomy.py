from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from alignenv.reward_design.designers.diagnosis import STUCK, TAXONOMY, diagnose
from alignenv.reward_design.designers.taxonomy import Taxonomy, TaxonomyOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import (
    Candidate,
    Coder,
    ComponentStats,
    CurvePoint,
    Designer,
    Episode,
    Trial,
)

Feed = Callable[..., Any]


class TestTaxonomy(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Taxonomy(coder, card, seed)


def trial(
    success: float = 0.0, *, length: float = 60.0, curve: tuple[CurvePoint, ...] = (), **stats: Any
) -> Trial:
    """A training on the example card (100 steps); components as (mean, share of steps, high)."""
    candidate = Candidate(id="g00c00", source="", coder="x", generation=0)
    made = trained(candidate, success)
    assert made.evaluation is not None
    components = {
        name: ComponentStats(mean=mean, low=0.0, high=high, active=active)
        for name, (mean, active, high) in stats.items()
    }
    score = replace(made.evaluation.score, mean_length=length)
    evaluation = replace(made.evaluation, score=score, curve=curve, components=components)
    return Trial(candidate=candidate, evaluation=evaluation)


def points(successes: list[float], returned: float = 0.0, **sums: list[float]) -> tuple[Any, ...]:
    return tuple(
        CurvePoint(
            env_steps=i,
            success=success,
            designed_return=returned,
            length=50.0,
            components={name: values[i] for name, values in sums.items()},
        )
        for i, success in enumerate(successes)
    )


SOUND = {"goal": (0.001, 0.01, 1.0), "near": (0.002, 0.5, 1.0)}
ZERO = [0.0] * 6


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (trial(**SOUND), []),
        (trial(0.95, hold=(0.3, 0.9, 0.3)), []),
        (trial(goal=(0.0, 0.0, 0.0), key=(0.0, 0.0, 0.0)), ["unreached"]),
        (trial(goal=(0.0, 0.0, 0.0), near=(0.001, 0.5, 1.0)), ["silent component"]),
        (trial(hold=(0.3, 0.9, 0.3)), ["farmed component"]),
        (trial(big=(-5.0, 0.9, 0.0), near=(0.001, 0.5, 1.0)), ["dominating component"]),
        (trial(length=20, **SOUND), ["cut short"]),
        (trial(length=99, curve=points(ZERO, returned=3.0), **SOUND), ["loitering"]),
        (trial(length=99, curve=points(ZERO, returned=-3.0), **SOUND), []),
        (trial(curve=points(ZERO, near=[2.0] * 6), **SOUND), ["flat component"]),
        (trial(curve=points(ZERO, near=[2.0, 1.0, 2.0, 3.0, 2.0, 1.0]), **SOUND), []),
        (trial(0.3, curve=points([0, 0, 0.1, 0.1, 0.2, 0.3]), **SOUND), ["still rising"]),
    ],
)
def test_findings(made: Trial, names: list[str]) -> None:
    assert [finding.ailment.name for finding in diagnose(example_card(), made)] == names


def test_the_step_that_never_happened_is_named() -> None:
    episode = Episode(
        label="worst", seed=0, success=False, milestones=0.0, length=100, actions=(0,),
        states=({"carrying_key": True, "door_open": False},) * 3,
    )  # fmt: skip
    made = trial(**SOUND)
    assert made.evaluation is not None
    made = replace(made, evaluation=replace(made.evaluation, episodes=(episode,)))
    (finding,) = diagnose(example_card(), made)
    assert finding == (STUCK, "door_open was never on.")


def test_the_most_serious_comes_first() -> None:
    found = diagnose(example_card(), trial(length=20, hold=(0.6, 0.9, 0.3), goal=(0.0, 0.0, 0.0)))
    assert [f.ailment.name for f in found] == ["farmed component", "cut short", "silent component"]


@pytest.mark.parametrize(("told", "n"), [("findings", 1), ("taxonomy", len(TAXONOMY))])
def test_findings_or_the_whole_taxonomy_are_told(told: Any, n: int, feed: Feed) -> None:
    coder = NotingCoder()
    designer = Taxonomy(coder, example_card(), 0, TaxonomyOptions(told=told))
    feed(designer, [0.2, 0.4])
    designer.ask(2)
    text = coder.briefs[-1].turns[-1].text
    assert sum(f"- {ailment.name}:" in text for ailment in TAXONOMY) == n
    assert [t.candidate.id for t in coder.briefs[-1].parents] == ["g00c01"]


def test_findings_are_counted_over_the_search(feed: Feed) -> None:
    designer = Taxonomy(NotingCoder(), example_card(), 0)
    feed(designer, [0.2, 0.4, 0.95, None])
    assert designer.facts() == {"findings": {"farmed component": 2}}
