from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.designers.eureka import Eureka, EurekaOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, failed, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Candidate, Coder, Designer, FailureKind, Trial

GIVEN = "def reward(prev, action, state):\n    return 0.25, {}\n"


class TestEureka(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Eureka(coder, card, seed)


def make(n_parents: int = 1) -> tuple[Eureka, NotingCoder]:
    coder = NotingCoder()
    return Eureka(coder, example_card(), 0, EurekaOptions(parents=n_parents)), coder


def parents(coder: NotingCoder) -> list[str]:
    return [trial.candidate.id for trial in coder.briefs[-1].parents]


def test_the_incumbent_is_kept_over_worse_generations() -> None:
    eureka, coder = make()
    for best in (0.6, 0.2, 0.4):
        eureka.tell([trained(c, best * i) for i, c in enumerate(eureka.ask(2))])
    eureka.ask(2)
    assert parents(coder) == ["g00c01"]


@pytest.mark.parametrize(
    ("reflection", "seen", "unseen"),
    [("metrics", "Goal reached", "Sums over an episode"), ("nothing", "Write a better", "Goal")],
)
def test_less_may_be_shown_of_a_training(reflection: Any, seen: str, unseen: str) -> None:
    coder = NotingCoder()
    eureka = Eureka(coder, example_card(), 0, EurekaOptions(parents=2, reflection=reflection))
    eureka.tell([trained(c, 0.1 * i, ("gain",)) for i, c in enumerate(eureka.ask(3))])
    eureka.ask(4)
    asked = coder.briefs[-4:]
    assert [b.parents[0].candidate.id for b in asked] == ["g00c02", "g00c01"] * 2
    for brief in asked:
        words = brief.turns[-1].text
        assert seen in words
        assert unseen not in words
        assert brief.parents[0].candidate.source.strip() in brief.turns[-2].text
        shown = brief.parents[0].evaluation
        assert shown is not None
        assert (shown.components, shown.curve, shown.episodes) == ({}, (), ())


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
    eureka, coder = make()
    first, second = eureka.ask(2)
    stopped = trained(first, 0.9)
    assert stopped.evaluation is not None
    stopped = Trial(
        candidate=first, evaluation=dataclasses.replace(stopped.evaluation, stopped_at=0)
    )
    eureka.tell([stopped, trained(second, 0.1)])
    eureka.ask(1)
    assert parents(coder) == ["g00c01"]


def test_progress_of_a_stopped_candidate_counts_where_nobody_succeeds() -> None:
    eureka, coder = make()
    asked = eureka.ask(2)
    further, finished = (trained(candidate, 0.0) for candidate in asked)
    assert further.evaluation is not None
    assert finished.evaluation is not None
    score = dataclasses.replace(further.evaluation.score, milestones=0.4)
    stopped = dataclasses.replace(further.evaluation, score=score, stopped_at=0)
    eureka.tell([dataclasses.replace(further, evaluation=stopped), finished])
    eureka.ask(1)
    assert parents(coder) == ["g00c00"]


def test_a_given_program_goes_first_and_may_become_the_incumbent() -> None:
    coder = NotingCoder()
    eureka = Eureka(coder, example_card(), 0, EurekaOptions(start=GIVEN))
    first = eureka.ask(3)
    assert (first[0].source, first[0].coder) == (GIVEN, "given")
    assert [c.coder for c in first[1:]] == ["noting", "noting"]
    eureka.tell([trained(c, 0.9 - 0.1 * i) for i, c in enumerate(first)])
    assert all(c.source != GIVEN for c in eureka.ask(3))
    assert parents(coder) == ["g00c00"]


def test_a_given_program_alone_needs_no_coder() -> None:
    coder = NotingCoder()
    assert len(Eureka(coder, example_card(), 0, EurekaOptions(start=GIVEN)).ask(1)) == 1
    assert coder.briefs == []


def test_a_restart_forgets_the_incumbent() -> None:
    coder = NotingCoder()
    options = EurekaOptions(restart_every=2, comment="It should hurry.")
    eureka = Eureka(coder, example_card(), 0, options)
    for _ in range(4):
        eureka.tell([trained(c, 0.5) for c in eureka.ask(2)])
    assert [bool(brief.parents) for brief in coder.briefs] == [False, True, False, True]
    assert [bool(brief.comment) for brief in coder.briefs] == [False, True, False, True]


@pytest.mark.parametrize(("faithful", "expected"), [(False, "g00c01"), (True, "g01c01")])
def test_a_worse_generation_replaces_the_incumbent_only_when_faithful(
    faithful: bool, expected: str
) -> None:
    coder = NotingCoder()
    eureka = Eureka(coder, example_card(), 0, EurekaOptions(faithful=faithful))
    for best in (0.8, 0.2):
        eureka.tell([trained(c, best * i) for i, c in enumerate(eureka.ask(2))])
    eureka.tell([failed(c, FailureKind.VALUE) for c in eureka.ask(2)])
    eureka.ask(1)
    assert parents(coder) == [expected]


def test_a_person_s_words_reach_the_coder() -> None:
    coder = NotingCoder()
    eureka = Eureka(coder, example_card(), 0, EurekaOptions(comment="It should hurry."))
    eureka.tell([trained(c, 0.5) for c in eureka.ask(2)])
    eureka.ask(2)
    assert [brief.comment for brief in coder.briefs] == ["", "It should hurry."]


def test_the_search_waits_for_a_person_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "comments.txt"

    def run() -> list[str]:
        coder = NotingCoder()
        eureka = Eureka(coder, example_card(), 0, EurekaOptions(comments=file))
        for _ in range(2):
            eureka.tell([trained(c, 0.5) for c in eureka.ask(2)])
        eureka.ask(2)
        return [brief.comment for brief in coder.briefs]

    with pytest.raises(PersonNeeded, match="nothing about generation 0 yet"):
        run()
    file.write_text("It turns in circles.\n")
    with pytest.raises(PersonNeeded, match="nothing about generation 1"):
        run()
    file.write_text("It turns in circles.\n=====\n")
    assert run() == ["", "It turns in circles.", ""]


def test_slots_number_all_drafts_of_a_search() -> None:
    eureka, coder = make()
    for n in (3, 2, 4):
        eureka.tell([trained(c, 0.5) for c in eureka.ask(n)])
    assert [brief.slot for brief in coder.briefs] == [0, 3, 5]


def test_parents_must_be_positive() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        EurekaOptions(parents=0)
