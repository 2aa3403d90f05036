from __future__ import annotations

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design.designers.eureka import Eureka
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, failed, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Candidate, Coder, Designer, FailureKind, Trial


class TestEureka(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Eureka(coder, card, seed)


def make(n_parents: int = 1) -> tuple[Eureka, NotingCoder]:
    coder = NotingCoder()
    return Eureka(coder, example_card(), 0, parents=n_parents), coder


def parents(coder: NotingCoder) -> list[str]:
    return [trial.candidate.id for trial in coder.briefs[-1].parents]


def test_the_incumbent_is_kept_over_worse_generations() -> None:
    eureka, coder = make()
    for best in (0.6, 0.2, 0.4):
        eureka.tell([trained(c, best * i) for i, c in enumerate(eureka.ask(2))])
    eureka.ask(2)
    assert parents(coder) == ["g00c01"]


def test_the_first_of_equals_wins() -> None:
    eureka, coder = make(n_parents=2)
    for _ in range(2):
        eureka.tell([trained(c, 0.5) for c in eureka.ask(2)])
    eureka.ask(1)
    assert parents(coder) == ["g00c00", "g00c01"]


def test_credit_goes_by_id_when_some_fail() -> None:
    """A failure before the best one must not shift the credit, as list positions would."""
    eureka, coder = make()
    first, second, third = eureka.ask(3)
    eureka.tell([failed(first, FailureKind.PARSE), trained(second, 0.1), trained(third, 0.9)])
    eureka.ask(1)
    best = coder.briefs[-1].parents[0]
    assert (best.candidate.id, best.candidate.source) == (third.id, third.source)
    assert [trial.candidate.id for trial in coder.briefs[-1].failed] == [first.id]


def test_when_all_fail_the_failures_are_told_and_the_incumbent_stays() -> None:
    eureka, coder = make()
    eureka.tell([trained(c, 0.3) for c in eureka.ask(2)])
    eureka.tell([failed(c, FailureKind.VALUE) for c in eureka.ask(2)])
    eureka.ask(2)
    assert parents(coder) == ["g00c00"]
    assert [trial.candidate.id for trial in coder.briefs[-1].failed] == ["g01c00", "g01c01"]


def test_the_machine_s_failures_are_not_told_to_the_coder() -> None:
    eureka, coder = make()
    eureka.tell([failed(c, FailureKind.INFRASTRUCTURE) for c in eureka.ask(2)])
    eureka.ask(1)
    assert coder.briefs[-1].failed == ()


def test_only_the_last_generation_s_failures_are_told() -> None:
    eureka, coder = make()
    eureka.tell([failed(c, FailureKind.RULE) for c in eureka.ask(2)])
    eureka.tell([trained(c, 0.0) for c in eureka.ask(2)])
    eureka.ask(1)
    assert coder.briefs[-1].failed == ()


def test_an_ask_that_fails_can_be_repeated() -> None:
    """A search stopped by a budget or an outage goes on where it stood."""

    class Moody(NotingCoder):
        def write(self, brief, n):  # type: ignore[no-untyped-def]
            if len(self.briefs) == 0:
                self.briefs.append(brief)
                raise RuntimeError("no reply")
            return super().write(brief, n)

    coder = Moody()
    eureka = Eureka(coder, example_card(), 0)
    with pytest.raises(RuntimeError, match="no reply"):
        eureka.ask(2)
    assert [c.id for c in eureka.ask(2)] == ["g00c00", "g00c01"]
    assert coder.briefs[0] == coder.briefs[1]


def test_drafts_become_candidates_as_they_are() -> None:
    eureka, _ = make()
    eureka.tell([trained(c, 0.5) for c in eureka.ask(1)])
    candidate = eureka.ask(1)[0]
    assert candidate == Candidate(
        id="g01c00",
        source=candidate.source,
        coder="noting",
        generation=1,
        parents=("g00c00",),
    )


def test_a_stopped_candidate_is_no_better_than_a_finished_one() -> None:
    from dataclasses import replace

    eureka, coder = make()
    first, second = eureka.ask(2)
    stopped = trained(first, 0.9)
    assert stopped.evaluation is not None
    stopped = Trial(candidate=first, evaluation=replace(stopped.evaluation, stopped_at=0))
    eureka.tell([stopped, trained(second, 0.1)])
    eureka.ask(1)
    assert parents(coder) == ["g00c01"]


def test_parents_must_be_positive() -> None:
    with pytest.raises(ConfigError, match="parents >= 1"):
        Eureka(NotingCoder(), example_card(), 0, parents=0)
