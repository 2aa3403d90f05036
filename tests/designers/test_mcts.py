from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alignenv.reward_design.designers.mcts import Mcts, MctsOptions
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, failed
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Brief, Coder, Designer, FailureKind

Feed = Callable[..., Any]


class TestMcts(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Mcts(coder, card, seed)


def make(**options: float) -> tuple[Mcts, NotingCoder]:
    coder = NotingCoder()
    return Mcts(coder, example_card(), 0, MctsOptions(**options)), coder  # type: ignore[arg-type]


def bases(briefs: list[Brief]) -> list[str]:
    """What each edit starts from: a parent, a failed program, or nothing."""
    shown = [[*brief.parents, *brief.failed] for brief in briefs]
    return [trials[0].candidate.id if trials else "" for trials in shown]


def last_bases(mcts: Mcts, coder: NotingCoder, n: int) -> list[str]:
    del coder.briefs[:]
    mcts.ask(n)
    return bases(coder.briefs)


def test_the_best_program_is_edited_first(feed: Feed) -> None:
    mcts, coder = make(exploration=0, widening=1)
    feed(mcts, [0.1, 0.5])
    assert last_bases(mcts, coder, 1) == ["g00c01"]


def test_without_exploration_one_line_is_followed(feed: Feed) -> None:
    mcts, coder = make(exploration=0, widening=0.5)
    for success in (0.1, 0.2, 0.3, 0.4):
        feed(mcts, [success])
    assert bases(coder.briefs) == ["", "g00c00", "g01c00", "g02c00"]
    assert mcts.facts() == {"nodes": 4, "depth": 4}


def test_exploration_turns_to_what_was_rarely_visited(feed: Feed) -> None:
    for exploration, expected in ((0.0, "g00c00"), (5.0, "g00c01")):
        mcts, coder = make(exploration=exploration, widening=1)
        feed(mcts, [0.6, 0.5])
        feed(mcts, [0.1])
        assert bases(coder.briefs)[-1] == "g00c00"
        assert last_bases(mcts, coder, 1)[0].startswith(expected)


def test_a_generation_is_spread_by_its_unfinished_children(feed: Feed) -> None:
    mcts, coder = make(exploration=0.5, widening=1)
    feed(mcts, [0.5, 0.5, 0.5, 0.5])
    assert sorted(last_bases(mcts, coder, 4)) == ["g00c00", "g00c01", "g00c02", "g00c03"]


def test_a_failed_program_is_mended_a_bounded_number_of_times(feed: Feed) -> None:
    mcts, coder = make(exploration=0, widening=0.1, repairs=2)
    for _ in range(5):
        feed(mcts, [None])
    # The first program has two repairs; each of those may be mended in turn.
    assert bases(coder.briefs)[:3] == ["", "g00c00", "g00c00"]
    assert set(bases(coder.briefs)[3:]) <= {"g01c00", "g02c00"}


def test_the_machine_s_failures_are_not_edited(feed: Feed) -> None:
    mcts, coder = make(exploration=0)
    mcts.tell([failed(c, FailureKind.INFRASTRUCTURE) for c in mcts.ask(3)])
    assert last_bases(mcts, coder, 3) == ["", "", ""]


def test_proposing_leaves_the_tree_as_it_was(feed: Feed) -> None:
    mcts, _ = make()
    feed(mcts, [0.1, 0.5])
    before = mcts.facts()
    mcts.ask(4)
    assert mcts.facts() == before
