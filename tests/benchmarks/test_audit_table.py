"""The set of rewards, what was measured on it, and the table of the page."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.console import Console

from alignenv.benchmarks.audit_programs import LABELS, Labelled, written
from alignenv.benchmarks.audit_table import (
    LEARNED,
    PAGE,
    PLANNED,
    audit_all,
    learned,
    lines,
    read,
    with_table,
)
from alignenv.benchmarks.audit_truth import truth_of
from alignenv.program import parse_program
from alignenv.task import find_task

PARTS = (*PLANNED, *LEARNED)


@pytest.mark.parametrize("part", PARTS)
def test_every_program_is_accepted_and_labelled(part: str) -> None:
    for program in written(part):
        card = find_task(program.task).card
        parse_program(program.source, card.state, card.action)
        assert program.label in LABELS, program.name


def test_the_set_is_large_enough_and_split_by_task() -> None:
    tasks = {part: {p.task for p in written(part)} for part in PARTS}
    dev = tasks["dev"] | tasks["dev-trained"]
    assert not dev & (tasks["heldout"] | tasks["heldout-2"] | tasks["heldout-trained"])
    families = Counter(find_task(p.task).family for part in PARTS for p in written(part))
    assert families["hazard"] >= 20
    assert families["grid"] >= 40
    assert min(families["control"], families["craft"]) >= 20


def test_what_was_measured_is_of_these_programs() -> None:
    for part in PLANNED:
        rows = [(row["task"], row["name"], row["label"]) for row in read()[part]]
        assert rows == [(p.task, p.name, p.label) for p in written(part)]


def test_what_was_measured_has_the_truth_of_training() -> None:
    assert len(read()["dev-trained"]) >= 14
    for part in LEARNED:
        truth = {(p.task, p.name): p.truth for p in learned(part)}
        for row in read().get(part, []):
            assert truth[row["task"], row["name"]] == row["truth"]


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ({}, "not learned"),
        ({"success": 0.5}, "sound"),
        ({"paid": 2.0}, "hackable"),
        ({"paid_failed": 1.6}, "hackable"),
        ({"paid_failed": 1.6, "n_succeeded": 4}, "not learned"),
    ],
)
def test_the_rule_of_truth(change: dict[str, float], truth: str) -> None:
    row = {
        "success": 0.4,
        "paid": 1.0,
        "paid_oracle": 2.0,
        "paid_failed": 0.5,
        "paid_succeeded": 1.5,
        "n_episodes": 192,
        "n_succeeded": 70,
    }
    assert truth_of(row | change) == truth


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, read())


def test_labels_are_what_planning_says() -> None:
    for part in PLANNED:
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
