from __future__ import annotations

import numpy as np
import pytest

from alignenv.reward_design.archive import Elites, fingerprint, pick_by_rank, ranked, worth
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.testing.coders import example_card, failed, trained
from alignenv.types import Brief, Candidate, FailureKind, Trial

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
