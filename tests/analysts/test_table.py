"""The page says what was measured, what was measured is what the sets say, and texts are pinned.

The goldens show an analysis in full, one for each family. After an intended change, run
`ALIGNENV_REGENERATE=1 pytest tests/analysts` and review the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from alignenv.analysis import FailureMode
from alignenv.benchmarks.analyst_set import (
    SETS,
    Case,
    play_case,
    read_cases,
    sound_cases,
    task_of,
)
from alignenv.benchmarks.analyst_table import (
    KEY,
    PAGE,
    RESULT,
    SOUND,
    measure,
    most_frequent,
    tables,
)
from alignenv.benchmarks.markers import replaced
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.analysts.text import told

GOLDENS = Path(__file__).parent / "goldens"
MEASURED: dict[str, list[dict[str, Any]]] = json.loads(RESULT.read_text(encoding="utf-8"))
CASES = {case.name: case for path in SETS.values() for case in read_cases(path)}
SHOWN = {
    "grid": "picked up and dropped",
    "form": "progress is charged",
    "craft": "owning wood",
    "control": "effort outweighs the goal",
    "hazard": "to and fro over an arrow",
}


def test_the_page_says_what_was_measured() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert replaced(page, KEY, tables(MEASURED)) == page


@pytest.mark.parametrize("name", list(SETS))
def test_the_result_is_about_the_cases(name: str) -> None:
    cases = read_cases(SETS[name])
    assert [(r["name"], r["env"], r["truth"]) for r in MEASURED[name]] == [
        (c.name, c.env, c.truth.value) for c in cases
    ]
    assert {c.truth for c in cases} == set(FailureMode)
    assert len({c.family for c in cases}) >= 3


def test_false_alarms_are_of_all_headline_tasks() -> None:
    cases, rows = sound_cases(), MEASURED[SOUND]
    assert [(r["name"], r["env"]) for r in rows] == [(c.name, c.env) for c in cases]
    assert len({case.env for case in cases}) >= 25
    assert len({case.family for case in cases}) == 5


def test_few_sound_rewards_are_blamed() -> None:
    rows = MEASURED[SOUND]
    blamed = [row["rules"] for row in rows if row["rules"][:1] not in ([], ["exploration-limited"])]
    assert len(blamed) <= 0.1 * len(rows)


def test_the_sets_are_apart_and_large_enough() -> None:
    dev, held_out = (read_cases(path) for path in SETS.values())
    assert not {(c.env, c.program, c.policy) for c in dev if c.program != "human"} & {
        (c.env, c.program, c.policy) for c in held_out
    }
    assert len(CASES) == len(dev) + len(held_out) >= 30


@pytest.mark.parametrize("name", list(SETS))
def test_the_rules_name_four_of_five(name: str) -> None:
    rows = MEASURED[name]
    hits = sum(row["rules"][:1] == [row["truth"]] for row in rows)
    usual = sum(row["truth"] == most_frequent(rows) for row in rows)
    assert hits >= 0.8 * len(rows) > usual


@pytest.mark.parametrize("name", ["picked up and dropped", "progress is charged", "degrees"])
def test_a_case_is_named_again_as_it_was(name: str) -> None:
    (again,) = measure([CASES[name]])
    assert again == next(r for rows in MEASURED.values() for r in rows if r["name"] == name)


@pytest.mark.parametrize("family", list(SHOWN))
def test_an_analysis_in_full(family: str) -> None:
    case: Case = CASES[SHOWN[family]]
    assert case.family == family
    (said,) = RulesAnalyst().analyse(task_of(case).card, [play_case(case)])
    text, path = told(said, with_gap=True) + "\n", GOLDENS / f"{family}.txt"
    if os.environ.get("ALIGNENV_REGENERATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
