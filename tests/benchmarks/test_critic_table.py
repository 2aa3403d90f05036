"""The committed table of the critic is what its results give, and its set is what it says."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from rich.console import Console

from alignenv.benchmarks.critic_llm import TASKS, llm_programs
from alignenv.benchmarks.critic_table import (
    KEY,
    PAGE,
    judge,
    read,
    references,
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


REPEATED = {
    "control": ("dev", "AlignEnv-Push-v0"),
    "craft": ("heldout", "AlignEnv-CraftPickaxe-v0"),
    "form": ("heldout", "AlignEnv-Form-10-v0"),
    "grid": ("heldout", "AlignEnv-MultiRoom-N2-S4-v0"),
    "hazard": ("dev", "AlignEnv-BoatRace-v0"),
}
"""Part and task, by family, whose recording takes least."""


@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_results_are_of_the_committed_programs(part: str) -> None:
    judged = [(r["task"], r["name"], r["fault"], r["sha256"]) for r in read()[part]]
    assert judged == [(p.task, p.name, p.fault, p.sha256) for p in written(part)]


def test_results_are_of_the_rewards_of_the_suite() -> None:
    judged = [(r["task"], r["name"], r["fault"], r["sha256"]) for r in read()["references"]]
    assert judged == [(p.task, p.name, p.fault, p.sha256) for p in references()]


def test_results_are_of_the_packaged_programs_of_a_model() -> None:
    judged = {(r["task"], r["name"]): r["sha256"] for r in read()["llm"]}
    for word, task in TASKS.items():
        for name, source in llm_programs(word).items():
            assert judged.pop((task, name)) == hashlib.sha256(source.encode()).hexdigest()
    assert not judged


@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_nine_in_ten_are_told_right_both_ways(part: str) -> None:
    faulty = [r["sent_back"] for r in read()[part] if r["fault"]]
    good = [not r["sent_back"] for r in read()[part] if not r["fault"]]
    assert sum(faulty) >= 0.9 * len(faulty) > 0
    assert sum(good) >= 0.9 * len(good) > 0


@pytest.mark.parametrize("family", REPEATED)
def test_a_program_of_each_family_is_judged_again_alike(family: str) -> None:
    part, task = REPEATED[family]
    program = next(p for p in written(part) if p.task == task and p.fault != "leak")
    assert find_task(task).family == family
    (again,) = judge([program], trusted=True, console=Console(quiet=True))
    assert again == next(r for r in read()[part] if r["sha256"] == program.sha256)


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
