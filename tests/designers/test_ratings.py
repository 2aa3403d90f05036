"""REvolve by preferences: ratings, pairs, a person's file, and nothing that tells success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design.designers.catalogue import plan_designer
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.designers.preferences import Choice, Pair, SuccessChooser
from alignenv.reward_design.designers.ratings import START, K, elo, pairs_of
from alignenv.reward_design.designers.revolve import Revolve, RevolveOptions
from alignenv.seeding import generator
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Candidate, Coder, Designer, Trial

Feed = Callable[..., Any]
RATED = RevolveOptions(fitness="preferences", islands=1)


class TestRevolveByPreferences(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Revolve(coder, card, seed, RevolveOptions(fitness="preferences"))


def make(options: RevolveOptions = RATED) -> tuple[Revolve, NotingCoder]:
    coder = NotingCoder()
    return Revolve(coder, example_card(), 0, options), coder


def test_ratings_are_those_of_the_formula() -> None:
    once = elo([Choice("A", "x", "y")])
    assert once == {"x": START + K / 2, "y": START - K / 2}
    tie = elo([Choice("A", "x", "y"), Choice("=", "x", "y")])
    expected = 1 / (1 + 10 ** (-K / 400))
    assert tie["x"] == pytest.approx(START + K / 2 + K * (0.5 - expected))
    assert sum(tie.values()) == pytest.approx(2 * START)
    assert elo([Choice("B", "x", "y")]) == {"x": once["y"], "y": once["x"]}


def test_every_new_agent_meets_others_and_no_pair_comes_twice() -> None:
    fresh, others = ["a", "b", "c", "d"], ["y", "z"]
    pairs = pairs_of(fresh, others, 2, generator(0, "search", "pairs"))
    assert pairs == pairs_of(fresh, others, 2, generator(0, "search", "pairs"))
    met = [frozenset(pair) for pair in pairs]
    assert len(set(met)) == len(met) <= 2 * len(fresh)
    assert all(len(pair & set(fresh)) for pair in met), "what is rated meets new agents only"
    assert all(sum(one in pair for pair in met) >= 2 for one in fresh)
    assert pairs_of(["a"], [], 2, generator(0, "search", "pairs")) == []
    assert len(pairs_of(["a"], ["b"], 2, generator(0, "search", "pairs"))) == 1


def test_true_success_stands_in_for_people(feed: Feed) -> None:
    revolve, _ = make()
    feed(revolve, [0.2, 0.9, 0.1, None])
    feed(revolve, [0.4, 0.3])
    assert revolve.choice() == "g00c01"
    assert revolve.facts()["queries"] >= 3 + 2
    assert make(RevolveOptions())[0].choice() is None
    assert make(RevolveOptions())[0].facts() == {}


def test_ratings_decide_what_is_kept_and_told_and_success_is_not() -> None:
    class Contrary(SuccessChooser):
        def choose(
            self, generation: int, pairs: Sequence[Pair], trials: Sequence[Trial]
        ) -> Sequence[Choice]:
            better = {"A": "B", "B": "A", "=": "="}
            made = super().choose(generation, pairs, trials)
            return [choice._replace(verdict=better[choice.verdict]) for choice in made]

    coder = NotingCoder()
    options = RevolveOptions(fitness="preferences", islands=1, size=1, crossover=0)
    revolve = Revolve(coder, example_card(), 0, options, chooser=Contrary())
    asked = revolve.ask(3)
    revolve.tell([trained(c, s, ("gain",)) for c, s in zip(asked, (0.5, 0.125, 0.9), strict=True)])
    assert revolve.choice() == "g00c01"
    revolve.ask(2)
    brief = coder.briefs[-1]
    assert [trial.candidate.id for trial in brief.parents] == ["g00c01"]
    text = brief.turns[-1].text
    assert "Elo rating" in text
    assert "Goal reached" not in text
    assert "12" not in str(asdict(brief.parents[0]))


def test_a_person_s_words_reach_the_children_of_both_agents(feed: Feed, tmp_path: Path) -> None:
    file = tmp_path / "choices.txt"
    file.write_text(
        "generation 0\nB g00c00 g00c01: it heads for the key\n= g00c01 g00c00 : both are slow\n"
    )
    revolve, coder = make(RevolveOptions(choices=file, islands=1, games=1, crossover=1))
    feed(revolve, [0.1, 0.2])
    assert revolve.answer() == [
        "B g00c00 g00c01: it heads for the key",
        "= g00c01 g00c00: both are slow",
    ]
    revolve.ask(1)
    brief = coder.briefs[-1]
    told = [turn.text for turn in brief.turns if "Elo rating" in turn.text]
    texts = dict(zip((parent.candidate.id for parent in brief.parents), told, strict=True))
    assert "> liked less than another: it heads for the key" in texts["g00c00"]
    assert "> liked better than another: it heads for the key" in texts["g00c01"]
    for text in texts.values():
        assert "> liked no better and no worse than another: both are slow" in text


def test_the_coder_is_told_the_same_whatever_the_success() -> None:
    briefs = []
    for factor in (1.0, 0.5):
        revolve, coder = make()
        for _ in range(2):
            asked = revolve.ask(3)
            revolve.tell([trained(c, factor * i / 3, ("gain",)) for i, c in enumerate(asked)])
        briefs.append(coder.briefs)
    assert briefs[0] == briefs[1]


def test_a_person_may_choose(feed: Feed, tmp_path: Path) -> None:
    file = tmp_path / "choices.txt"
    options = RevolveOptions(choices=file, islands=1, games=1)

    def run() -> Revolve:
        revolve, _ = make(options)
        feed(revolve, [0.1, 0.2, 0.9])
        return revolve

    with pytest.raises(PersonNeeded, match="does not compare all pairs of generation 0") as caught:
        run()
    assert "generation 0" in caught.value.cure
    file.write_text(
        "# by K.\ngeneration 0\nA g00c00 g00c01\n\nB g00c02 g00c00\n= g00c01 g00c02\n"
        "generation 1\nA g01c00 g00c00\n"
    )
    assert run().choice() == "g00c00"
    assert run().facts() == {"queries": 3}
    for line in ("g00c00 is nice", "A g00c00 g07c00", "A g00c00 g00c00"):
        file.write_text(f"generation 0\n{line}\n")
        with pytest.raises(ConfigError, match="Line 2 of"):
            run()
    file.write_text("A g00c00 g00c01\n")
    with pytest.raises(ConfigError, match="Line 1 of"):
        run()


def test_a_person_is_shown_the_pairs_that_are_asked(feed: Feed, tmp_path: Path) -> None:
    file = tmp_path / "choices.txt"
    revolve, _ = make(RevolveOptions(choices=file, islands=1, games=1))
    trials = [trained(c, 0.5) for c in revolve.ask(3)]
    showing = revolve.showing(trials)
    assert showing is not None
    assert [trial.candidate.id for trial in showing.agents] == ["g00c00", "g00c01", "g00c02"]
    assert len(showing.pairs) == 3
    lines = "".join(f"A {a} {b}\n" for a, b in showing.pairs)
    file.write_text(f"generation 0\n{lines}")
    revolve.tell(trials)
    best = revolve.choice()
    later = revolve.showing([trained(c, 0.1) for c in revolve.ask(1)])
    assert later is not None
    assert {i for pair in later.pairs for i in pair} == {"g01c00", best}
    by_success, _ = make()
    assert by_success.showing([trained(c, 0.5) for c in by_success.ask(2)]) is None


def test_options_say_what_they_stand_for(tmp_path: Path) -> None:
    plan = plan_designer("revolve", options={"choices": str(tmp_path / "c.txt")})
    assert plan.record["fitness"] == "preferences"
    assert "choices" not in plan.record
    assert {"fitness", "games"}.isdisjoint(plan_designer("revolve").record)
    with pytest.raises(ConfigError, match="choices go with"):
        plan_designer("revolve", options={"choices": "c.txt", "fitness": "success"})


def test_a_twin_is_no_agent_of_its_own() -> None:
    revolve, _ = make()
    asked = revolve.ask(2)
    first = trained(asked[0], 0.5)
    twin = Trial(candidate=asked[1], evaluation=first.evaluation, twin=asked[0].id)
    revolve.tell([first, twin])
    assert revolve.choice() == asked[0].id
    assert revolve.facts() == {"queries": 0}
    assert isinstance(asked[0], Candidate)
