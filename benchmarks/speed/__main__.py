"""`python -m alignenv.benchmarks.speed`: measure everything side by side on one core."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from alignenv.benchmarks.speed.control import borrowed_ids, measure_control
from alignenv.benchmarks.speed.grid import N_ENVS, Effort, measure_grid
from alignenv.benchmarks.speed.machine import machine_facts, pin_to_one_core
from alignenv.benchmarks.speed.own import measure_own, own_ids
from alignenv.benchmarks.speed.rows import Row, format_value, missed
from alignenv.benchmarks.speed.startup import measure_compilation, measure_startup
from alignenv.benchmarks.speed.table import markdown, terminal_table, write_between_markers
from alignenv.benchmarks.speed.training import TASK, measure_training
from alignenv.envs.grid.rows import GRID_ROWS

SCHEMA_VERSION = 1
PLAIN_WIDTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure and how long.

    Attributes:
        grid_tasks: Tasks of the grid measures.
        grid: Effort of each of them.
        control_tasks: Tasks of the MuJoCo measure.
        control: Effort of each of them.
        own_tasks: Tasks without an original.
        own: Effort of each of them.
        training: Effort of each training measure.
        starts: Processes started per kind.
        compiled: Tasks whose human reward is compiled.
    """

    grid_tasks: tuple[str, ...]
    grid: Effort
    control_tasks: tuple[str, ...]
    control: Effort
    own_tasks: tuple[str, ...]
    own: Effort
    training: Effort
    starts: int
    compiled: tuple[str, ...]


def full_plan(n_envs: int = N_ENVS) -> Plan:
    """Every grid, every borrowed MuJoCo task, every own task; some ten minutes."""
    by_layout = {row.world.kind: row.id for row in GRID_ROWS}
    return Plan(
        grid_tasks=tuple(row.id for row in GRID_ROWS),
        grid=Effort(n_envs=n_envs),
        control_tasks=borrowed_ids(),
        control=Effort(rounds=6, seconds=0.5),
        own_tasks=own_ids(),
        own=Effort(n_envs=n_envs),
        training=Effort(rounds=6, seconds=1.0),
        starts=5,
        compiled=tuple(by_layout.values()),
    )


def quick_plan() -> Plan:
    """One task, a few turns: whether it works, not how fast it is."""
    return Plan(
        grid_tasks=(TASK,),
        grid=Effort(rounds=2, seconds=0.02),
        control_tasks=borrowed_ids()[:1],
        control=Effort(rounds=1, seconds=0.02),
        own_tasks=own_ids()[:1],
        own=Effort(rounds=1, seconds=0.01),
        training=Effort(rounds=1, seconds=0.01),
        starts=1,
        compiled=(TASK,),
    )


def measure(plan: Plan) -> Iterator[Row]:
    """All rows of a plan, in the order of the table."""
    yield from measure_grid(plan.grid_tasks, plan.grid)
    yield from measure_control(plan.control_tasks, plan.control)
    yield from measure_own(plan.own_tasks, plan.own)
    yield from measure_training(plan.training)
    yield from measure_startup(TASK, plan.starts)
    yield from measure_compilation(plan.compiled)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and write it into a page when asked.

    Args:
        arguments: Command line without the program's name; None for this process's.

    Returns:
        0 when every target is met, else 1; always 0 with `--quick`, which times too little.
    """
    parser = argparse.ArgumentParser(prog="alignenv.benchmarks.speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one task, seconds, no verdict")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="page with the table's markers")
    parser.add_argument("--n-envs", type=int, default=N_ENVS, help="grids in a batch")
    given = parser.parse_args(arguments)
    facts = machine_facts(is_pinned=pin_to_one_core())
    console, rows = Console(stderr=True), []
    for row in measure(quick_plan() if given.quick else full_plan(given.n_envs)):
        rows.append(row)
        line = f"{row.measure}  {row.subject}  {format_value(row.value, row.kind)}"
        console.print(line, markup=False, highlight=False)
    if given.json:
        document = {"schema_version": SCHEMA_VERSION, "machine": facts}
        sys.stdout.write(json.dumps({**document, "rows": [r.to_json() for r in rows]}) + "\n")
    else:
        Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH).print(terminal_table(rows))
    if given.write:
        write_between_markers(given.write, markdown(rows, facts, f"{datetime.now(UTC):%Y-%m-%d}"))
    return 1 if missed(rows) and not given.quick else 0


if __name__ == "__main__":
    sys.exit(main())
