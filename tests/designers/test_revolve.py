from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alignenv.reward_design.designers.revolve import Revolve, RevolveOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Brief, Coder, Designer

Feed = Callable[..., Any]


class TestRevolve(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Revolve(coder, card, seed)


class TestHillClimb(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Revolve(coder, card, seed, RevolveOptions(islands=1, size=1, crossover=0))


def make(**options: float) -> tuple[Revolve, NotingCoder]:
    coder = NotingCoder()
    return Revolve(coder, example_card(), 0, RevolveOptions(**options)), coder  # type: ignore[arg-type]


def parents(briefs: list[Brief]) -> list[set[str]]:
    return [{trial.candidate.id for trial in brief.parents} for brief in briefs]


def test_children_come_from_the_island_they_are_bred_for(feed: Feed) -> None:
    revolve, coder = make(islands=2, migration=0, crossover=0.5)
    feed(revolve, [0.1, 0.2, 0.3, 0.4])
    even, odd = {"g00c00", "g00c02"}, {"g00c01", "g00c03"}
    del coder.briefs[:]
    revolve.ask(20)
    shown = parents(coder.briefs)
    # Generation 1 begins with the second island.
    assert set().union(*shown[0::2]) == odd
    assert set().union(*shown[1::2]) == even


def test_an_island_without_a_program_mends_what_failed(feed: Feed) -> None:
    revolve, coder = make(islands=2, migration=0)
    feed(revolve, [0.5, None])
    del coder.briefs[:]
    revolve.ask(2)
    empty, full = coder.briefs
    assert [t.candidate.id for t in empty.failed] == ["g00c01"]
    assert parents([full]) == [{"g00c00"}]


def test_migration_gives_the_weaker_half_a_strong_program(feed: Feed) -> None:
    revolve, coder = make(islands=2, size=1, migration=1, crossover=0)
    feed(revolve, [0.9, 0.1])
    del coder.briefs[:]
    revolve.ask(2)
    assert parents(coder.briefs) == [{"g00c00"}, {"g00c00"}]


def test_without_migration_islands_stay_apart(feed: Feed) -> None:
    revolve, coder = make(islands=2, size=1, migration=0, crossover=0)
    feed(revolve, [0.9, 0.1])
    del coder.briefs[:]
    revolve.ask(2)
    assert parents(coder.briefs) == [{"g00c01"}, {"g00c00"}]


def test_mutation_shows_one_parent_and_crossover_two(feed: Feed) -> None:
    for share, n_programs, words in ((0, 1, "one change"), (1, 2, "combines them")):
        revolve, coder = make(islands=1, crossover=share)
        feed(revolve, [0.2, 0.4])
        revolve.ask(1)
        turns = coder.briefs[-1].turns
        assert [turn.role for turn in turns].count("assistant") == n_programs
        assert words in turns[-1].text


def test_a_hill_is_climbed_from_its_best_program(feed: Feed) -> None:
    climb, coder = make(islands=1, size=1, crossover=0)
    feed(climb, [0.2, 0.6])
    feed(climb, [0.4, 0.1])
    del coder.briefs[:]
    climb.ask(2)
    assert parents(coder.briefs) == [{"g00c01"}, {"g00c01"}]


def test_parents_are_drawn_by_fitness_when_faithful(feed: Feed) -> None:
    """Of equals each is drawn, though one ranks first; of unequals in the cold, the fitter."""
    for successes, expected in (((0.5, 0.5), {"g00c00", "g00c01"}), ((0.1, 0.9), {"g00c01"})):
        revolve, coder = make(islands=1, crossover=0, temperature=0.01, faithful=True)
        feed(revolve, list(successes))
        del coder.briefs[:]
        revolve.ask(20)
        assert set().union(*parents(coder.briefs)) == expected
