"""Tables written down: for the terminal, Markdown, CSV, LaTeX and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.sheets import Sheet
from alignenv.benchmarks.bench.suite import BenchSuite

_LATEX = {c: f"\\{c}" for c in "&%$#_{}"} | {"~": "\\textasciitilde{}", "^": "\\^{}"}


def as_rich(sheet: Sheet) -> Table:
    """A table for the terminal."""
    table = Table(title=Text(sheet.title), caption_justify="left")
    table.caption = Text("\n".join(sheet.notes))
    for index, column in enumerate(sheet.columns):
        table.add_column(Text(column), justify="right" if index else "left", no_wrap=not index)
    for row in sheet.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def as_markdown(sheets: Sequence[Sheet]) -> str:
    """Tables as Markdown, with their notes below them."""
    parts = []
    for sheet in sheets:
        lines = [
            f"**{sheet.title}**",
            "",
            _line(sheet.columns),
            _line(["---", *["---:"] * (len(sheet.columns) - 1)]),
            *map(_line, sheet.rows),
        ]
        parts.append("\n".join([*lines, *(f"\n{note}" for note in sheet.notes)]))
    return "\n\n".join(parts)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def as_csv(sheets: Sequence[Sheet]) -> str:
    """Tables as CSV, one below the other, each row with the table's name before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for sheet in sheets:
        writer.writerow(("table", *sheet.columns))
        writer.writerows((sheet.key, *row) for row in sheet.rows)
    return buffer.getvalue()


def as_latex(sheets: Sequence[Sheet]) -> str:
    """Tables as LaTeX `tabular`s with `booktabs` rules; notes as comments above them."""
    parts = []
    for sheet in sheets:
        head = [f"% {sheet.title}", *(f"% {note}" for note in sheet.notes)]
        body = [
            f"\\begin{{tabular}}{{l{'r' * (len(sheet.columns) - 1)}}}",
            "\\toprule",
            _latex_line(sheet.columns),
            "\\midrule",
            *map(_latex_line, sheet.rows),
            "\\bottomrule",
            "\\end{tabular}",
        ]
        parts.append("\n".join([*head, *body]))
    return "\n\n".join(parts) + "\n"


def _latex_line(cells: Sequence[str]) -> str:
    shown = ("".join(_LATEX.get(c, c) for c in cell) for cell in cells)
    return " & ".join(shown) + " \\\\"


def as_document(
    suite: BenchSuite, results: Sequence[RowResult], sheets: Sequence[Sheet]
) -> dict[str, Any]:
    """One JSON document: figures of the rows, unrounded, and every table as it is printed.

    A suite that trains no row of its own, such as `racing`, has no `rows`; what it found is in
    `tables` alone, as are tables that are not of rows.
    """
    return {
        "suite": suite.name,
        "about": suite.about,
        "tasks": list(suite.tasks),
        "protocol": suite.protocol.model_dump(mode="json"),
        "rows": [_plain(_row(result)) for result in results],
        "tables": [
            {
                "key": sheet.key,
                "title": sheet.title,
                "columns": list(sheet.columns),
                "rows": [list(row) for row in sheet.rows],
                "notes": list(sheet.notes),
            }
            for sheet in sheets
        ],
    }


def _row(result: RowResult) -> dict[str, Any]:
    told = asdict(result)
    row = told.pop("row")
    told |= {"name": row["name"], "label": row["label"], "kind": row["kind"]}
    for name, against in result.against.items():
        told["against"][name]["verdict"] = against.verdict
    for name, score in (("normalised", result.normalised), ("unclipped", result.unclipped)):
        if score is not None:
            told[name] = {**score._asdict(), "n_tasks": score.n_tasks}
    if result.hacking is not None and result.hacking.gains is not None:
        gains = result.hacking.gains
        told["hacking"]["gains"] = {**gains._asdict(), "hack_gap": gains.hack_gap}
    return told


def _plain(value: Any) -> Any:
    """JSON values: no arrays, and null for what is not a number."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
