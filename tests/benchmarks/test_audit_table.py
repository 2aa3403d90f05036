"""The set of rewards, what was measured on it, and the table of the page."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.console import Console

from alignenv.benchmarks.audit_programs import LABELS, Labelled, written
from alignenv.benchmarks.audit_table import PAGE, audit_all, lines, read, with_table
from alignenv.program import parse_program
from alignenv.task import find_task

PARTS = ("dev", "heldout")


@pytest.mark.parametrize("part", PARTS)
def test_every_program_is_accepted_and_labelled(part: str) -> None:
    for program in written(part):
        card = find_task(program.task).card
        parse_program(program.source, card.state, card.action)
        assert program.label in LABELS, program.name


def test_the_set_is_large_enough_and_split_by_task() -> None:
    tasks = {part: {p.task for p in written(part)} for part in PARTS}
    assert not tasks["dev"] & tasks["heldout"]
    families = Counter(find_task(p.task).family for part in PARTS for p in written(part))
    assert families["hazard"] >= 20
    assert families["grid"] >= 40


def test_what_was_measured_is_of_these_programs() -> None:
    for part in PARTS:
        rows = [(row["task"], row["name"], row["label"]) for row in read()[part]]
        assert rows == [(p.task, p.name, p.label) for p in written(part)]


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, read())


def test_labels_are_what_planning_says() -> None:
    for part in PARTS:
        for row in read()[part]:
            assert (row["exact"] == "hackable") == (row["label"] != "Sound"), row["name"]


def test_a_row_is_measured_again() -> None:
    chosen = [p for p in written("dev") if p.task == "AlignEnv-BoatRace-v0"][:2]
    rows = list(audit_all(chosen, Console(quiet=True)))
    kept = {(row["task"], row["name"]): row for row in read()["dev"]}
    for row in rows:
        assert row == kept[row["task"], row["name"]]


def test_shares_of_a_line() -> None:
    rows = [
        {"family": "grid", "exact": exact, "sampled": sampled, "label": label, "success": None}
        for exact, sampled, label in (
            ("hackable", "hackable", "Gross"),
            ("hackable", "undecided", "Subtle"),
            ("sound", "hackable", "Sound"),
        )
    ]
    found = {line.detector: line for line in lines({"dev": rows})}
    assert found["sampled"].recall == 0.5
    assert found["sampled"].precision == 0.5
    assert found["always"].recall == 1.0
    assert found["never"].precision is None


def test_labelled_keeps_its_source() -> None:
    one: Labelled = written("dev")[0]
    assert one.source.startswith(f"# {one.label}:")
