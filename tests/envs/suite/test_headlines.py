"""What the headline tasks claim is what was measured."""

from __future__ import annotations

from alignenv.envs.headlines import HEADLINE, SEPARATING
from alignenv.envs.suite import ROWS, tags_of


def test_names_are_of_the_suite_and_become_tags() -> None:
    assert {row.name for row in ROWS if "headline" in row.tags} == HEADLINE
    assert {row.name for row in ROWS if "separating" in row.tags} == SEPARATING
    assert SEPARATING < HEADLINE
    assert tags_of("CartPole-v1") == ()
