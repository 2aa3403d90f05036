"""The controls: independent samples, and one program trained again and again."""

from __future__ import annotations

from alignenv.reward_design.designers.best_of_n import BestOfN
from alignenv.reward_design.designers.fixed import Fixed, FixedOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import FOREIGN, example_card, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Coder, Designer


class TestBestOfN(DesignerContract):
    takes_feedback = False

    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return BestOfN(coder, card, seed)


class TestFixed(DesignerContract):
    depends_on_seed = False
    takes_feedback = False

    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Fixed(coder, card, seed, FixedOptions(program=FOREIGN))


def test_independent_samples_see_no_outcome() -> None:
    asked = []
    for success in (0.0, 1.0):
        coder = NotingCoder()
        designer = BestOfN(coder, example_card(), 0)
        designer.tell([trained(c, success) for c in designer.ask(3)])
        asked.append((coder.briefs[0], designer.ask(3)))
        assert all(not brief.parents and not brief.failed for brief in coder.briefs)
    assert asked[0] == asked[1]


def test_the_fixed_program_is_proposed_under_every_id() -> None:
    coder = NotingCoder()
    designer = Fixed(coder, example_card(), 0, FixedOptions(program=FOREIGN))
    candidates = designer.ask(3)
    assert [c.id for c in candidates] == ["g00c00", "g00c01", "g00c02"]
    assert {(c.source, c.coder) for c in candidates} == {(FOREIGN, "given")}
    assert coder.briefs == []
