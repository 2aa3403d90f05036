"""The rows as a table for the terminal and as Markdown between markers of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.speed.grid import GRID_TARGETS
from alignenv.benchmarks.speed.own import OWN_MEASURES
from alignenv.benchmarks.speed.rows import Row, format_amount, format_value
from alignenv.errors import ConfigError
from alignenv.files import write_atomically

KEY = "speed-table"


def terminal_table(rows: Sequence[Row]) -> Table:
    """One line per row."""
    table = Table("measure", "on", "reference", "alignenv", "unit", "value", "range", "target", "")
    for row in rows:
        table.add_row(*_cells(row), "" if row.is_met is None else "met" if row.is_met else "MISSED")
    return table


def _cells(row: Row) -> list[str]:
    span = f"{format_value(row.low, row.kind)} to {format_value(row.high, row.kind)}"
    return [
        row.measure,
        row.subject.removeprefix("AlignEnv-"),
        format_amount(row.baseline),
        format_amount(row.ours),
        row.unit,
        format_value(row.value, row.kind),
        span if row.high > row.low else "",
        row.target_text,
    ]


def markdown(rows: Sequence[Row], machine: Mapping[str, str], today: str) -> str:
    """The tables, the machine and the date.

    Args:
        rows: Everything measured.
        machine: Facts to print below.
        today: Date of the measurement.
    """
    by_task = [row for row in rows if row.measure in (*GRID_TARGETS, *OWN_MEASURES)]
    other = [row for row in rows if row not in by_task]
    missed = [row for row in rows if row.is_met is False]
    verdict = (
        "Every target is met."
        if not missed
        else f"{len(missed)} of {sum(row.target is not None for row in rows)} targets are missed; "
        "they are marked **missed**."
    )
    facts = "; ".join(f"{name} {value}" for name, value in machine.items())
    parts = [
        f"Measured on {today}. {verdict}",
        _task_table(by_task, tuple(GRID_TARGETS)),
        _task_table(by_task, OWN_MEASURES),
        _other_table(other),
    ]
    return "\n\n".join([part for part in parts if part] + [f"Machine: {facts}."])


def _task_table(rows: Sequence[Row], measures: Sequence[str]) -> str:
    """One line per task, one column per measure; targets that all rows share in the header."""
    rows = [row for row in rows if row.measure in measures]
    if not rows:
        return ""
    by_cell = {(row.subject, row.measure): row for row in rows}
    lines = [["task", *(_headed(m, [r for r in rows if r.measure == m]) for m in measures)]]
    for subject in dict.fromkeys(row.subject for row in rows):
        cells = [by_cell.get((subject, measure)) for measure in measures]
        texts = [_marked(row) if row else "not measured" for row in cells]
        lines.append([subject.removeprefix("AlignEnv-"), *texts])
    return _pipe_table(lines)


def _headed(measure: str, rows: Sequence[Row]) -> str:
    targets = {row.target_text for row in rows}
    return f"{measure} ({targets.pop()})" if len(targets) == 1 and "" not in targets else measure


def _other_table(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    header = ["measure", "on", "reference", "alignenv", "unit", "value", "range", "target"]
    return _pipe_table(
        [header, *([*_cells(row)[:5], _marked(row), *_cells(row)[6:]] for row in rows)]
    )


def _marked(row: Row) -> str:
    text = format_value(row.value, row.kind)
    return f"{text} **missed**" if row.is_met is False else text


def _pipe_table(lines: Sequence[Sequence[str]]) -> str:
    header, *body = ["| " + " | ".join(cells) + " |" for cells in lines]
    return "\n".join([header, "|" + " --- |" * len(lines[0]), *body])


def write_between_markers(page: Path, text: str) -> None:
    """Replace what stands between the markers of a page.

    Raises:
        ConfigError: The page cannot be read or lacks the markers.
        MachineError: It cannot be written.
    """
    try:
        old = page.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{page} cannot be read: {error.strerror}.") from error
    write_atomically(page, replaced(old, KEY, text).encode())
