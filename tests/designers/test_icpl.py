from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.designers.icpl import Icpl, IcplOptions
from alignenv.reward_design.designers.preferences import Ranking, blinded, n_queries
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Candidate, Coder, Designer, Trial

Feed = Callable[..., Any]


class TestIcpl(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Icpl(coder, card, seed)


def make() -> tuple[Icpl, NotingCoder]:
    coder = NotingCoder()
    return Icpl(coder, example_card(), 0), coder


def test_the_best_and_the_worst_are_shown(feed: Feed) -> None:
    icpl, coder = make()
    asked = feed(icpl, [0.2, 0.9, 0.1, None])
    icpl.ask(1)
    brief = coder.briefs[-1]
    shown = [turn.text for turn in brief.turns if turn.role == "assistant"]
    assert [asked[i].source.strip() in t for i, t in zip((1, 2), shown, strict=True)] == [True] * 2
    assert [t.candidate.id for t in brief.parents] == ["g00c01"]
    assert [t.candidate.id for t in brief.failed] == ["g00c03"]


def test_what_was_liked_best_before_stays_until_it_is_beaten(feed: Feed) -> None:
    icpl, coder = make()
    feed(icpl, [0.2, 0.9])
    feed(icpl, [0.4, 0.1])
    assert icpl.choice() == "g00c01"
    icpl.ask(2)
    assert "none of the newer ones" in coder.briefs[-1].turns[3].text
    assert [t.candidate.id for t in coder.briefs[-1].parents] == ["g00c01"]


def test_what_was_liked_before_is_let_go_when_faithful(feed: Feed) -> None:
    coder = NotingCoder()
    icpl = Icpl(coder, example_card(), 0, IcplOptions(faithful=True))
    feed(icpl, [0.2, 0.9])
    feed(icpl, [0.4, 0.1])
    assert icpl.choice() == "g01c00"
    assert icpl.facts() == {"queries": 2}
    icpl.ask(2)
    assert [t.candidate.id for t in coder.briefs[-1].parents] == ["g01c00"]


def test_a_record_of_before_names_no_new_option() -> None:
    assert "faithful" not in IcplOptions().model_dump(mode="json")
    assert IcplOptions(faithful=True).model_dump(mode="json")["faithful"] is True


def test_comparisons_are_counted(feed: Feed) -> None:
    assert [n_queries(n) for n in range(5)] == [0, 0, 1, 3, 5]
    icpl, _ = make()
    feed(icpl, [0.2, 0.9, None])
    assert icpl.facts() == {"queries": 1}
    feed(icpl, [0.2, 0.9, 0.3])
    assert icpl.facts() == {"queries": 1 + 5}


def test_the_coder_is_told_the_same_whatever_the_success() -> None:
    """Only the order may matter: other figures in the same order give equal briefs."""
    briefs = []
    for factor in (1.0, 0.5):
        icpl, coder = make()
        for _ in range(2):
            candidates = icpl.ask(3)
            icpl.tell([trained(c, factor * i / 3, ("gain",)) for i, c in enumerate(candidates)])
        briefs.append(coder.briefs)
    assert briefs[0] == briefs[1]


def test_blinded_trials_tell_nothing_of_success() -> None:
    candidate = Candidate(id="g00c00", source="", coder="x", generation=0)
    trial = trained(candidate, 0.625, ("gain",))
    assert trial.evaluation is not None
    stopped = replace(trial, evaluation=replace(trial.evaluation, stopped_at=0))
    assert blinded(stopped) == blinded(trial)
    assert "0.625" not in str(asdict(blinded(trial)))
    assert "0.625" in str(asdict(trial))


def test_a_person_may_rank(feed: Feed, tmp_path: Path) -> None:
    file = tmp_path / "ranking.txt"

    def run() -> Icpl:
        icpl = Icpl(NotingCoder(), example_card(), 0, IcplOptions(ranking=file))
        feed(icpl, [0.1, 0.2, 0.9])
        return icpl

    with pytest.raises(PersonNeeded, match="g00c00, g00c01, g00c02"):
        run()
    file.write_text("best g00c00 worst g00c02\n")
    assert run().choice() == "g00c00"
    for line in ("g00c00 is nice", "best g00c00 worst g07c00"):
        file.write_text(line)
        with pytest.raises(ConfigError, match="Line 1 of"):
            run()


def test_any_judge_will_do(feed: Feed) -> None:
    class Contrary:
        def rank(self, generation: int, trials: Sequence[Trial]) -> Ranking:
            order = sorted(trials, key=lambda trial: trial.merit)
            return Ranking(order[0], order[-1], 0)

    icpl = Icpl(NotingCoder(), example_card(), 0, judge=Contrary())
    feed(icpl, [0.5, 0.1, 0.9])
    assert icpl.choice() == "g00c01"
