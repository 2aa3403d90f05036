"""How long the audit takes on every task, and on an environment of one's own.

`python -m alignenv.benchmarks.audit_speed [ID ...]` runs `alignenv audit` once per id in a process
of its own, on the task's human reward, keeps the CPU seconds of the process and of its workers in
`benchmarks/results/audit_speed.json`, and writes the table of `docs/audit.md`. On a core with
nothing else to do the answer takes as long or less. What is there already is kept; `--again`
measures it anew.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS
from alignenv.files import write_atomically
from alignenv.task import find_task, known_task_ids

ROOT = Path(__file__).parents[1]
RESULT = RESULTS / "audit_speed.json"
PAGE = ROOT / "docs" / "audit.md"
KEY = "audit-speed"
OWN = "MountainCarContinuous-v0"
"""The environment of one's own, with its task file and program in `examples`."""
LIMIT_S = 20.0
SHOWN = 5
"""Slowest tasks that the page names."""

Row = dict[str, Any]


def command_for(task_id: str) -> list[str]:
    """The command line of one audit."""
    run = [str(Path(sys.executable).with_name("alignenv")), "audit"]
    if task_id == OWN:
        examples = ROOT / "examples"
        file, program = examples / "mountain_car.toml", examples / "mountain_car" / "human.py"
        return [*run, str(program), "--env", task_id, "--task", str(file), "--json"]
    rewards = find_task(task_id).rewards
    reward = "human" if "human" in rewards else "sparse"
    return [*run, reward, "--env", task_id, "--json"]


def measure(task_id: str) -> Row:
    """Run one audit, and count the CPU seconds of all its processes."""
    before = _cpu_s()
    done = subprocess.run(command_for(task_id), capture_output=True, text=True, check=False)
    spent = _cpu_s() - before
    answer = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return {
        "cpu_s": round(spent, 2),
        "method": answer.get("method"),
        "verdict": answer.get("verdict"),
        "exit_code": done.returncode,
        "error": None if "verdict" in answer else (done.stdout + done.stderr)[-400:],
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table(rows: dict[str, Row]) -> str:
    """The slowest tasks, and how many there are."""
    ordered = sorted(rows.items(), key=lambda pair: -float(pair[1]["cpu_s"]))
    text = "| task | audit | verdict on its human reward | CPU s |\n| --- | --- | --- | ---: |\n"
    for task_id, row in ordered[:SHOWN]:
        text += f"| {task_id} | {row['method']} | {row['verdict']} | {row['cpu_s']:.1f} |\n"
    over = sum(float(row["cpu_s"]) > LIMIT_S for row in rows.values())
    middle = sorted(float(row["cpu_s"]) for row in rows.values())[len(rows) // 2] if rows else 0.0
    text += f"\n{len(rows)} tasks were measured; {over} took more than {LIMIT_S:g} s. "
    return text + f"The median is {middle:.1f} s.\n"


def read() -> dict[str, Row]:
    """What was measured."""
    if not RESULT.exists():
        return {}
    found: dict[str, Row] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="ids; default: every task of the suite")
    parser.add_argument("--again", action="store_true", help="measure what is known, too")
    parser.add_argument("--table", action="store_true", help="only write the table")
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    for task_id in [] if given.table else given.tasks or [*known_task_ids(), OWN]:
        if task_id in read() and not given.again:
            continue
        row = measure(task_id)
        text = json.dumps(read() | {task_id: row}, indent=1, sort_keys=True) + "\n"
        write_atomically(RESULT, text.encode())
        console.print(f"{task_id:<34} {row['cpu_s']:6.1f} s  {row['method']}", markup=False)
    page = replaced(PAGE.read_text(encoding="utf-8"), KEY, f"\n{table(read())}")
    write_atomically(PAGE, page.encode())


if __name__ == "__main__":
    main()
