"""The part of the README that shows the benchmark: a table, what it covers, and what it denies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alignenv.benchmarks.bench.coverage import BARS, Coverage, core_of, coverage_of
from alignenv.benchmarks.bench.findings import NOTHING_ELSE, Also
from alignenv.benchmarks.bench.formats import as_markdown
from alignenv.benchmarks.bench.limits import negatives
from alignenv.benchmarks.bench.results import EQUAL_MARGIN, RowResult
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import NONE, Sheet, others_of
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.bench.tables import Tables
from alignenv.benchmarks.bench.words import count, names, on, percent, points, signed

_NO_BREAK = "\u00a0"


def main_sheet(results: Sequence[RowResult]) -> Sheet:
    """The README's table: rows that are on the same tasks, in few columns."""
    rows = [row for row in results if row.is_core and row.row.kind != "player"]
    return Sheet(
        key="main",
        title="",
        columns=(
            "reward",
            "TRUE success [95 %]",
            "human-normalised [95 %]",
            "against sparse",
            "against human",
            "hack gap",
        ),
        rows=tuple(_main_row(row) for row in rows),
        notes=(),
    )


def _main_row(result: RowResult) -> tuple[str, ...]:
    gains = result.hacking.gains if result.hacking else None
    told = NONE if result.success is None else f"{percent(result.success)} %"
    if result.interval is not None:
        told += f" [{percent(result.interval.low)}, {percent(result.interval.high)}]"
    return (
        result.row.label,
        told,
        _score(result),
        *(
            result.against[bar].verdict if bar in result.against else NONE
            for bar in ("sparse", "human")
        ),
        NONE if gains is None else signed(gains.hack_gap),
    )


def _score(result: RowResult) -> str:
    """The human-normalised score; that of either bar is so by definition."""
    score = result.normalised
    if score is None:
        return NONE
    if result.row.name in BARS:
        return f"{score.score:.0f}"
    return f"{score.score:.2f} [{score.interval.low:.2f}, {score.interval.high:.2f}]"


def readme_part(
    tables: Tables, pictures: dict[str, tuple[str, Path]], also: Also = NOTHING_ELSE
) -> str:
    """The README's table with what it covers, and the main figure."""
    found = tables.found
    told = coverage_of(found)
    if not any(row.is_core and row.row.kind != "player" for row in tables.results):
        return (
            f"No row of the suite `{found.suite.name}` is complete on a task yet: "
            f"{told.n_records:,} of {told.n_cells:,} cells have a record. `make bench-standard` "
            "makes them."
        )
    sheet = main_sheet(tables.results)
    protocol = found.suite.protocol
    lines = [
        one_line_markdown(sheet),
        "",
        f"TRUE success is what the task's own judge says of fresh episodes. Interquartile means "
        f"over runs and {count(len(core_of(found).tasks), 'task')}, final policies on "
        f"{protocol.episodes} fresh episodes each, PPO; human-normalised: 0 is sparse, 1 human. "
        "*Better* and *worse* need two intervals and a p-value corrected over the rows, *equal* "
        "an interval within 5 points; hack gap: what the reward paid that was no true gain, in "
        "units of the oracle's. A row `designer[coder]` is a search by that designer, whose "
        "programs that coder writes: `symbolic` is the offline one.",
        *_left_out(tables.results),
        "",
        *(line for told in hidden_by_means(tables.results) for line in (told, "")),
        coverage_words(found.suite, told, core_of(found).tasks)
        + " A cell is one task, one row and one seed.",
        "",
        " ".join(negatives(found, also.races, also.unmeasured, also.hard)),
    ]
    if "rows" in pictures:
        words, path = pictures["rows"]
        lines += ["", f"![{words}]({path})"]
    return "\n".join(lines)


def _left_out(results: Sequence[RowResult]) -> list[str]:
    """A note on rows that lack a task of the table."""
    told = "; ".join(r.row.label for r in others_of(results) if r.row.kind != "player")
    if not told:
        return []
    return ["", f"On fewer tasks, and so not in this table: {told}. All tables have them."]


def hidden_by_means(results: Sequence[RowResult]) -> list[str]:
    """On which tasks a row that equals a bar on average is furthest above and below it."""
    told, bars = [], {r.row.name: r for r in results if r.row.name in BARS}
    for result in (r for r in results if r.is_core):
        for name, against in result.against.items():
            bar = bars[name]
            if against.verdict != "equal":
                continue
            gaps = {task: result.by_task[task] - bar.by_task[task] for task in result.tasks}
            far = (max(gaps, key=gaps.__getitem__), min(gaps, key=gaps.__getitem__))
            ends = [task for task in dict.fromkeys(far) if abs(gaps[task]) > EQUAL_MARGIN]
            if ends:
                where = " and ".join(f"{points(gaps[task])} on {names([task])}" for task in ends)
                told.append(f"{result.row.label} less {bar.row.label} is {where}, in points")
    return [f"*Equal* is said of the mean over tasks: {'; '.join(told)}."] if told else []


def coverage_words(suite: BenchSuite, told: Coverage, core: Sequence[str]) -> str:
    """What of a suite the means are over, and what is missing."""
    lines = [
        f"Suite `{suite.name}`: {told.n_records:,} of {told.n_cells:,} cells have a record, "
        f"{told.n_missing:,} are missing."
    ]
    if not told.n_records:
        return lines[0]
    if core and len(core) < len(suite.tasks):
        lines.append(
            f"The means are over the {len(core)} of {len(suite.tasks)} tasks that all of these "
            f"rows have in full: {names(core)}."
        )
    if told.not_begun:
        where = on(told.not_begun, suite.tasks).removeprefix("on ")
        lines.append(f"Without any training: {where}.")
    if told.rows_not_begun:
        labels = "; ".join(find_row(row).label for row in told.rows_not_begun)
        lines.append(f"Rows without any record: {labels}.")
    return " ".join(lines)


def one_line_markdown(sheet: Sheet) -> str:
    """A table as Markdown without its title, its cells kept on one line each."""
    whole = [tuple(_on_one_line(cell) for cell in row) for row in sheet.rows]
    return as_markdown([replace(sheet, rows=tuple(whole))]).partition("\n\n")[2]


def _on_one_line(cell: str) -> str:
    return cell.replace(" ", _NO_BREAK) if len(cell) < _MOST_ON_ONE_LINE else cell


_MOST_ON_ONE_LINE = 32
"""Longer cells, such as lists of tasks, may break."""
