"""How often analysts name the failure that was put into a reward: docs/analyst.md's tables.

`python -m alignenv.benchmarks.analyst_table` plays every case of both sets and the sound ones,
writes `benchmarks/results/analyst.json` and the tables between the markers of the page; `--check`
fails when the page is not what the result says.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alignenv.analysis import Analyst, FailureMode
from alignenv.benchmarks.analyst_set import (
    SETS,
    Case,
    play_case,
    read_cases,
    sound_cases,
    task_of,
)
from alignenv.benchmarks.markers import replaced
from alignenv.files import write_atomically
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.statistics import wilson_interval

KEY = "analyst-table"
SOUND = "sound"
"""Key of the cases whose reward has no fault, among the results."""
ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "analyst.json"
PAGE = ROOT / "docs" / "analyst.md"
ANALYSTS = (RulesAnalyst(), RulesAnalyst(is_blind=True))
_MODES = tuple(mode.value for mode in FailureMode)


def measure(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What each analyst names in each case, the most likely first."""
    rows = []
    for case in cases:
        trial, card = play_case(case), task_of(case).card
        row: dict[str, Any] = {"name": case.name, "env": case.env, "family": case.family}
        row["truth"] = case.truth.value
        for analyst in ANALYSTS:
            row[analyst.name] = _names(analyst, card, trial)
        rows.append(row)
    return rows


def _names(analyst: Analyst, card: Any, trial: Any) -> list[str]:
    analysis = analyst.analyse(card, [trial])[0]
    return [failure.mode.value for failure in analysis.failures] if analysis else []


def tables(result: dict[str, Any]) -> str:
    """Hits, confusions and false alarms, as Markdown."""
    lines = [
        "| analyst | dev: named first | 95 % interval | among its names | held-out: named first "
        "| 95 % interval | among its names |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    usual = most_frequent(result["dev"])
    for analyst in (*(a.name for a in ANALYSTS), f"always {usual}", "never"):
        cells = [f"`{analyst}`"]
        for name in SETS:
            cells += _cells(_named(result[name], analyst), result[name])
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", _families(result), ""]
    for name in SETS:
        lines += [*_confusion(name, result[name]), ""]
    lines += [*_alarms(result[SOUND], usual), ""]
    return "\n".join(lines).strip()


def most_frequent(rows: Sequence[dict[str, Any]]) -> str:
    """The failure that most cases have; of equals the first of the taxonomy."""
    counts = Counter(row["truth"] for row in rows)
    return max(_MODES, key=lambda mode: counts[mode])


def _named(rows: Sequence[dict[str, Any]], analyst: str) -> list[list[str]]:
    if analyst == "never":
        return [[] for _ in rows]
    if analyst.startswith("always "):
        return [[analyst.removeprefix("always ")] for _ in rows]
    return [row[analyst] for row in rows]


def _cells(named: Sequence[Sequence[str]], rows: Sequence[dict[str, Any]]) -> list[str]:
    truths = [row["truth"] for row in rows]
    first = sum(names[:1] == [truth] for names, truth in zip(named, truths, strict=True))
    among = sum(truth in names for names, truth in zip(named, truths, strict=True))
    low, high = wilson_interval(first, len(rows))
    n = len(rows)
    return [
        f"{first} of {n} ({first / n:.0%})",
        f"{100 * low:.0f} to {100 * high:.0f} %",
        f"{among} of {n}",
    ]


def _families(result: dict[str, Any]) -> str:
    """How many cases each family has."""
    told = []
    for name in SETS:
        counts = Counter(row["family"] for row in result[name])
        told.append(f"{name}: {', '.join(f'{family} {n}' for family, n in sorted(counts.items()))}")
    return f"Cases by family; {'; '.join(told)}."


def _confusion(name: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """What `rules` named first by what was put in; numbers head the columns."""
    numbers = " | ".join(str(i + 1) for i in range(len(_MODES)))
    lines = [
        f"| put in ({name}) | {numbers} | nothing |",
        f"| --- |{' ---: |' * (len(_MODES) + 1)}",
    ]
    for i, truth in enumerate(_MODES):
        first = Counter((row["rules"] or [""])[0] for row in rows if row["truth"] == truth)
        cells = [str(first[mode] or "") for mode in (*_MODES, "")]
        lines.append(f"| {i + 1} `{truth}` | {' | '.join(cells)} |")
    return lines


def _alarms(rows: Sequence[dict[str, Any]], usual: str) -> list[str]:
    """How often a fault is named of a reward that has none; a solved task is not looked at."""
    n, not_a_fault = len(rows), FailureMode.EXPLORATION_LIMITED.value
    lines = [
        "| analyst | sound rewards: a fault named first | 95 % interval | a fault among its names "
        "| nothing named |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for analyst in (*(a.name for a in ANALYSTS), f"always {usual}", "never"):
        named = _named(rows, analyst)
        first = sum(bool(names) and names[0] != not_a_fault for names in named)
        among = sum(any(name != not_a_fault for name in names) for names in named)
        low, high = wilson_interval(first, n)
        lines.append(
            f"| `{analyst}` | {first} of {n} ({first / n:.0%}) | {100 * low:.0f} to "
            f"{100 * high:.0f} % | {among} of {n} | {sum(not names for names in named)} of {n} |"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, or render what was measured; 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the page and the result")
    parser.add_argument("--render", action="store_true", help="write the page from the result")
    given = parser.parse_args(arguments)
    if not given.check and not given.render:
        measured = {name: measure(read_cases(path)) for name, path in SETS.items()}
        measured[SOUND] = measure(sound_cases())
        write_atomically(RESULT, (json.dumps(measured, indent=1) + "\n").encode())
    old = PAGE.read_text(encoding="utf-8")
    new = replaced(old, KEY, tables(json.loads(RESULT.read_text(encoding="utf-8"))))
    if given.check:
        return int(old != new)
    write_atomically(PAGE, new.encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
