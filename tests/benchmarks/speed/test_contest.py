"""Timing in turns, and what the rows and tables say about it."""

from __future__ import annotations

import math
import platform
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.benchmarks.markers import markers
from alignenv.benchmarks.speed.contest import contest, rate
from alignenv.benchmarks.speed.machine import machine_facts
from alignenv.benchmarks.speed.rows import Row, format_value, missed, row_of
from alignenv.benchmarks.speed.table import (
    KEY,
    markdown,
    terminal_table,
    write_between_markers,
)
from alignenv.errors import ConfigError


def busy(cycles: int, units: int):
    def work() -> int:
        until = time.process_time() + 1e-4 * cycles
        while time.process_time() < until:
            pass
        return units

    return work


def row(value: float, kind: str = "ratio", target: float | None = None, **given) -> Row:
    facts = {"measure": "m", "baseline": 1.0, "ours": value, "unit": "1/s"} | given
    return Row(value=value, low=value, high=value, kind=kind, target=target, **facts)


def test_rate_counts_units_per_cpu_second() -> None:
    assert rate(busy(20, 4), 0.01) == pytest.approx(4 / 2e-3, rel=0.5)


def test_contest_is_the_ratio_of_both_sides() -> None:
    outcome = contest(busy(20, 1), busy(20, 10), rounds=3, seconds=0.004)
    assert outcome.low <= outcome.ratio <= outcome.high
    assert outcome.ratio == pytest.approx(10, rel=0.5)


def test_contest_warms_both_sides_up_and_takes_turns() -> None:
    calls = []

    def side(name: str):
        slow = busy(2, 1)
        return lambda: (calls.append(name), slow())[1]

    contest(side("theirs"), side("ours"), rounds=2, seconds=1e-9)
    assert calls == ["theirs", "ours"] * 3


@pytest.mark.parametrize(
    ("value", "kind", "target", "met", "text"),
    [
        (512.0, "ratio", 500.0, True, "≥ 500x"),
        (499.0, "ratio", 500.0, False, "≥ 500x"),
        (1_100_000.0, "rate", 1e6, True, "≥ 1,000,000/s"),
        (0.012, "share", 0.02, True, "≤ 2 %"),
        (0.11, "seconds", 0.1, False, "≤ 0.1 s"),
        (3.0, "seconds", None, None, ""),
    ],
)
def test_verdict(value: float, kind: str, target: float | None, met: bool | None, text: str):
    found = row(value, kind, target)
    assert found.is_met is met
    assert found.target_text == text
    assert missed([found]) == ([found] if met is False else [])
    assert found.to_json()["met"] is met


@given(st.floats(0, 1e6), st.sampled_from(["ratio", "rate", "share", "seconds"]))
def test_values_are_short(value: float, kind: str) -> None:
    assert 2 <= len(format_value(value, kind)) <= 12


def test_row_of_a_contest_keeps_its_figures() -> None:
    outcome = contest(busy(1, 1), busy(1, 1), rounds=1, seconds=1e-4)
    found = row_of(outcome, measure="m", subject="s", unit="u", target=2.0)
    assert (found.baseline, found.ours, found.value) == outcome[:3]
    assert math.isfinite(found.value)


def test_markdown_states_what_was_missed() -> None:
    rows = [row(1.0, target=2.0, subject="AlignEnv-A-v0"), row(3.0, target=2.0)]
    text = markdown(rows, {"processor": "P"}, "2026-01-02")
    assert "1 of 2 targets are missed" in text
    assert text.count("**missed**") == 2
    assert "| m | A-v0 |" in text
    assert text.endswith("Machine: processor P.")


def test_markdown_of_met_targets() -> None:
    assert "Every target is met." in markdown([row(3.0, target=2.0)], {}, "2026-01-02")


def test_terminal_table_has_every_row() -> None:
    assert terminal_table([row(1.0), row(2.0, target=3.0)]).row_count == 2


def test_write_replaces_only_what_is_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    begin, end = markers(KEY)
    page.write_text(f"above\n{begin}\nold\n{end}\nbelow\n", encoding="utf-8")
    write_between_markers(page, "new")
    assert page.read_text(encoding="utf-8") == f"above\n{begin}\nnew\n{end}\nbelow\n"


def test_write_refuses_a_page_without_markers(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(ConfigError, match="speed-table:begin"):
        write_between_markers(page, "new")
    with pytest.raises(ConfigError, match="cannot be read"):
        write_between_markers(tmp_path / "missing.md", "new")


def test_machine_facts_identify_no_one() -> None:
    facts = machine_facts(is_pinned=True)
    assert {"processor", "cores", "python", "numba", "torch"} <= set(facts)
    text = " ".join(facts.values())
    assert str(Path.home()) not in text
    assert platform.node() not in text.split()
