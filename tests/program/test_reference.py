"""The page on the language names every code with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.program.rules import FAULTS, RULES

PAGE = (Path(__file__).parents[2] / "docs" / "reward-language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", RULES)
def test_refusals_are_documented(code: str) -> None:
    assert f"| {code} | {RULES[code].title} | {RULES[code].cure} |" in PAGE


@pytest.mark.parametrize("code", FAULTS)
def test_faults_are_documented(code: str) -> None:
    assert f"| {code} | {FAULTS[code]} |" in PAGE
