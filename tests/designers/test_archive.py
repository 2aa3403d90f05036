from __future__ import annotations

import numpy as np
import pytest

from alignenv.archive import Archive, Fitness
from alignenv.errors import UnknownName
from alignenv.reward_design.archive import (
    Elites,
    fingerprint,
    make_archive,
    pick_by_rank,
    pick_by_softmax,
    ranked,
    worth,
)
from alignenv.reward_design.cells import Cells
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.designers.catalogue import plan_designer
from alignenv.testing.archives import ArchiveContract, by_merit
from alignenv.testing.coders import example_card, failed, trained
from alignenv.testing.designers import NotingCoder
from alignenv.types import Brief, Candidate, FailureKind, Trial


class TestElites(ArchiveContract):
    def make_archive(self, size: int | None, fitness: Fitness) -> Archive:
        return make_archive("elites", size, fitness)


class TestCells(ArchiveContract):
    def make_archive(self, size: int | None, fitness: Fitness) -> Archive:
        return make_archive("cells", size, fitness)


PROGRAM = """
def near(s):
    return 1.0 if s.path_to_goal < 2 else 0.0

def reward(prev, action, state):
    gain = near(state) - near(prev)
    return gain, {"gain": gain}
"""
SAME = (
    """
# Another comment.
def close(record):
    "Said otherwise."
    return 1.0 if record.path_to_goal < 2 else 0.0


def reward(before, a, after):
    """
    + "'''Doc.'''"
    + """
    g = (close(after) - close(before))
    return g, {"gain": g}
"""
)


def make(index: int, success: float, source: str = "") -> Trial:
    text = source or f"def reward(prev, action, state):\n    return {index}.0, {{}}\n"
    candidate = Candidate(id=f"g00c{index:02d}", source=text, coder="x", generation=0)
    return trained(candidate, success)


def test_one_program_written_twice_has_one_fingerprint() -> None:
    assert fingerprint(PROGRAM) == fingerprint(SAME)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("< 2", "< 3"),
        ("1.0 if", "2.0 if"),
        ("path_to_goal", "path_to_key"),
        ("near(state) - near(prev)", "near(prev) - near(state)"),
        ('{"gain": gain}', "{}"),
    ],
)
def test_another_program_has_another_fingerprint(old: str, new: str) -> None:
    assert fingerprint(PROGRAM.replace(old, new)) != fingerprint(PROGRAM)


def test_any_text_has_a_fingerprint() -> None:
    too_long = "def reward(prev, action, state):\n    return 0x" + "f" * 5000 + ", {}\n"
    too_deep = "def reward(prev, action, state):\n    return " + "-" * 3000 + "1.0, {}\n"
    texts = ["", "def reward(", "\0", "(" * 500, too_long, too_deep]
    assert len({fingerprint(text) for text in texts}) == len(texts)


def test_programs_of_the_grammar_differ_where_their_genomes_do() -> None:
    """The genome stands in comments, so it is the program that tells them apart."""
    drafts = SymbolicCoder().write(Brief(card=example_card(), generation=0, seed=1), 40)
    assert len({fingerprint(d.source) for d in drafts}) > 35


def test_elites_keep_the_best_distinct_programs() -> None:
    elites = Elites(2)
    assert elites.add(make(0, 0.2))
    assert elites.add(make(1, 0.4))
    assert elites.add(make(2, 0.3))
    assert not elites.add(make(3, 0.1))
    assert [t.candidate.id for t in elites] == ["g00c01", "g00c02"]
    again = make(4, 0.9, source=make(1, 0).candidate.source)
    assert elites.add(again)
    assert [t.candidate.id for t in elites] == ["g00c04", "g00c02"]
    assert not elites.add(make(5, 0.5, source=again.candidate.source))


def test_ranks_go_by_success_then_progress_and_the_first_of_equals_wins() -> None:
    lost = failed(make(9, 0).candidate, FailureKind.VALUE)
    trials = [make(0, 0.0), lost, make(1, 0.5), make(2, 0.5)]
    assert [t.candidate.id for t in ranked(trials)] == ["g00c01", "g00c02", "g00c00"]


def test_worth_is_between_zero_and_one() -> None:
    assert worth(failed(make(0, 0).candidate, FailureKind.VALUE)) == 0
    assert worth(make(0, 0.0)) == 0
    assert worth(make(0, 0.4)) == pytest.approx(0.4)
    assert worth(make(0, 1.0)) == pytest.approx(1.0)


def test_better_ranks_are_drawn_more_often() -> None:
    rng = np.random.default_rng(0)
    drawn = [pick_by_rank("abc", rng) for _ in range(2000)]
    counts = [drawn.count(x) for x in "abc"]
    expected = np.exp([0, -1, -2]) / np.exp([0, -1, -2]).sum()
    assert np.allclose(np.array(counts) / 2000, expected, atol=0.04)
    assert pick_by_rank(["only"], rng) == "only"


def test_cells_keep_the_best_kinds_where_they_may_not_keep_all() -> None:
    cells = Cells(1, by_merit)
    shaped = "def potential(state):\n    return -state.path_to_goal\n"
    assert cells.add(make(0, 0.5))
    assert not cells.add(make(1, 0.4, shaped)), "another kind, and worse"
    assert cells.add(make(2, 0.6, shaped))
    assert [t.candidate.id for t in cells] == ["g00c02"]


@pytest.mark.parametrize("designer", ["eureka", "revolve", "map-elites"])
@pytest.mark.parametrize("archive", ["elites", "cells"])
def test_a_designer_goes_with_any_archive(designer: str, archive: str) -> None:
    plan = plan_designer(designer, options={"archive": archive})
    coder = NotingCoder()
    search = plan.build(coder, example_card(), 0)
    for generation in range(3):
        asked = search.ask(3)
        search.tell([trained(c, 0.1 * generation) for c in asked])
    assert any(brief.parents for brief in coder.briefs)
    default = plan_designer(designer).record
    assert "archive" not in default, "records made before stay what they are"
    assert plan.record == default or plan.record == {**default, "archive": archive}


def test_an_unknown_archive_is_named() -> None:
    with pytest.raises(UnknownName, match="no archive named 'elite'"):
        plan_designer("eureka", options={"archive": "elite"})


def test_softmax_draws_by_value() -> None:
    rng = np.random.default_rng(0)
    drawn = [pick_by_softmax("ab", (0.0, np.log(3.0)), rng, 1.0) for _ in range(4000)]
    assert drawn.count("b") / 4000 == pytest.approx(0.75, abs=0.03)
    assert {pick_by_softmax("ab", (0.0, 1000.0), rng, 1.0) for _ in range(50)} == {"b"}
