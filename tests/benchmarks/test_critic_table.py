"""The committed table of the critic is what its results give, and its set is what it says."""

from __future__ import annotations

from collections import Counter

import pytest

from alignenv.benchmarks.critic_table import (
    KEY,
    PAGE,
    read,
    tables,
    written,
)
from alignenv.benchmarks.markers import replaced
from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.task import find_task


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == replaced(page, KEY, tables(read()).rstrip())


@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_results_are_of_the_committed_programs(part: str) -> None:
    judged = {(r["task"], r["name"], r["fault"]) for r in read()[part]}
    assert judged == {(p.task, p.name, p.fault) for p in written(part)}


def test_the_set_is_large_and_of_many_kinds() -> None:
    programs = [p for part in ("dev", "heldout") for p in written(part)]
    good = sum(not p.fault for p in programs)
    assert good >= 40
    assert len(programs) - good >= 40
    assert len({find_task(p.task).family for p in programs}) >= 4
    kinds = Counter(p.fault for p in programs if p.fault)
    assert set(kinds) == {
        "farmable", "leak", "nan", "never-fires", "wrong-field", "wrong-scale", "wrong-sign",
    }  # fmt: skip
    assert "unnamed" not in kinds


@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_good_programs_are_in_the_language_and_leaks_are_not(part: str) -> None:
    for program in written(part):
        card = find_task(program.task).card
        refused = False
        try:
            parse_program(program.source, card.state, card.action)
        except ProgramError:
            refused = True
        assert refused is (program.fault == "leak"), program.name
        assert program.source.startswith("# Fault: " if program.fault else "# Good: ")


def test_rates_carry_intervals() -> None:
    row = {"task": "T", "name": "n", "success": None, "p_success": 0.8, "findings": []}
    caught = [{**row, "fault": "leak", "sent_back": True}] * 9
    passed = [{**row, "fault": "", "sent_back": False}] * 10
    text = tables({"dev": [*caught, {**caught[0], "sent_back": False}, *passed]})
    assert "| development | 1 | rules | 9 of 10, 90% | 60 to 98 % | 10 of 10, 100% |" in text
    assert "| leak | 9 of 10 |" in text
