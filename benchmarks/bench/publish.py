"""Everything that documents say of the benchmark, from the committed records by one command.

`python -m alignenv.benchmarks.bench.publish` writes the README's table, `docs/results.md`,
`docs/findings.md` and their figures; `--check` changes nothing, names what would differ and every
record that no suite asks for any more, and exits with 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.contrasts import CONTROL, TaskGap, task_gaps
from alignenv.benchmarks.bench.coverage import BARS, Coverage, core_of, coverage_of
from alignenv.benchmarks.bench.findings import findings
from alignenv.benchmarks.bench.formats import as_markdown
from alignenv.benchmarks.bench.poster import figures
from alignenv.benchmarks.bench.provenance import commit_words, record_facts
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import MISSING, NONE, Sheet
from alignenv.benchmarks.bench.suite import BenchSuite, known_suites, load_suite
from alignenv.benchmarks.bench.tables import RACING, Tables, make_tables
from alignenv.benchmarks.bench.words import count, names, on, percent, signed
from alignenv.benchmarks.markers import replaced
from alignenv.files import write_atomically

ROOT = Path(__file__).parents[2]
RECORDS = Path("benchmarks") / "results" / "bench"
MAIN = "standard"
"""The suite of the README's table and of the findings."""
HARD = "feedback"
"""The suite that asks of feedback alone."""
OTHERS = (HARD, "transfer", "hazard", "racing", "algorithms")
"""Further suites of the results page, where they have records."""
KEY = f"bench:{MAIN}:main"

_NOTE = "<!-- Written by `python -m alignenv.benchmarks.bench.publish`; not by hand. -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What documents should be.

    Attributes:
        texts: Content by path from the root; None for a file that should not be there.
        stale: Records that no suite asks for any more.
    """

    texts: dict[Path, str | None]
    stale: tuple[Path, ...]

    def differing(self, root: Path) -> list[Path]:
        """Files below `root` that are not what they should be."""
        return [path for path, text in self.texts.items() if _read(root / path) != text]

    def write(self, root: Path) -> None:
        """Make every file what it should be.

        Raises:
            MachineError: A file cannot be written.
        """
        for path in self.differing(root):
            text = self.texts[path]
            if text is None:
                (root / path).unlink()
            else:
                write_atomically(root / path, text.encode())


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def publish(root: Path, records: Path) -> Publication:
    """What the documents below `root` should be by the records of a folder.

    Raises:
        ConfigError: A file is no record of its cell, or the README lacks its markers.
    """
    store = RecordStore(records)
    main = make_tables(_full(load_suite(MAIN), store), store, peers=True)
    drawn = list(_figures(main))
    pictures = {name: (words, _picture(name)) for name, words, _ in drawn}
    texts: dict[Path, str | None] = {_picture(name): None for name in ("rows", "feedback")}
    texts |= {_picture(name): svg for name, _, svg in drawn}
    readme = (root / "README.md").read_text(encoding="utf-8")
    texts[Path("README.md")] = replaced(readme, KEY, readme_part(main, pictures))
    others = list(_others(store))
    texts[Path("docs/results.md")] = results_page(main, others, pictures)
    texts[Path("docs/findings.md")] = findings_page(main, _races(others), _suite(others, HARD))
    return Publication(texts=texts, stale=stale_records(store))


def _full(suite: BenchSuite, store: RecordStore) -> BenchSuite:
    return suite.with_rows(store.replied_rows(suite.tasks))


def _picture(name: str) -> Path:
    return Path("docs/images") / f"bench-{name}.svg"


def _figures(tables: Tables) -> Iterator[tuple[str, str, str]]:
    found, search = tables.found, "eureka[symbolic]"
    gaps = task_gaps(found, search, CONTROL)
    told: dict[str, tuple[str, str, Sequence[TaskGap]]] = {}
    if gaps:
        told["feedback"] = (find_row(search).label, find_row(CONTROL).label, gaps)
    return figures(tables.results, found.suite.tasks, told)


def _others(store: RecordStore) -> Iterator[Tables]:
    """Tables of the other suites that have a record which the main one does not share."""
    if not store.folder.is_dir():
        return
    shared = _paths(store, MAIN)
    for name in OTHERS:
        if any(path.exists() for path in _paths(store, name) - shared):
            yield make_tables(_full(load_suite(name), store), store)


def _paths(store: RecordStore, name: str) -> set[Path]:
    """Where the records of a suite are, or will be."""
    return {store.path(cell) for cell in cells_of(_full(load_suite(name), store))}


def stale_records(store: RecordStore) -> tuple[Path, ...]:
    """Records in a folder that belong to no cell of the suites as they are now."""
    left = set((store.folder / "records").rglob("*.json"))
    for name in (MAIN, *(name for name in known_suites() if name != MAIN)):
        if left:
            left -= _paths(store, name)
    return tuple(sorted(left))


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


def readme_part(tables: Tables, pictures: dict[str, tuple[str, Path]]) -> str:
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
        _markdown(sheet),
        "",
        f"Interquartile means over runs and {count(len(core_of(found).tasks), 'task')}, final "
        f"policies on {protocol.episodes} fresh episodes each, PPO; human-normalised: 0 is sparse, "
        "1 human. Verdicts need both intervals and a p-value corrected over the rows; hack gap: "
        "what the reward paid that was no true gain, in units of the oracle's.",
        "",
        coverage_words(found.suite, told, core_of(found).tasks),
    ]
    if "rows" in pictures:
        words, path = pictures["rows"]
        lines += ["", f"![{words}]({path})"]
    return "\n".join(lines)


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


def results_page(
    main: Tables, others: Sequence[Tables], pictures: dict[str, tuple[str, Path]]
) -> str:
    """`docs/results.md`: every table of every suite that has records."""
    parts = [
        "# Benchmark results",
        _NOTE,
        "All tables of the committed records. [How to read them](benchmarks.md) explains every "
        "column, [what we found](findings.md) says in words what they show, and "
        "`python -m alignenv.benchmarks.bench.publish` makes this page from "
        f"`{RECORDS}/records/`.",
        *_suite_part(main, pictures),
    ]
    for tables in others:
        parts += _suite_part(tables, {})
    return "\n\n".join(parts) + "\n"


def _suite_part(tables: Tables, pictures: dict[str, tuple[str, Path]]) -> list[str]:
    """One suite's section: what it covers, its figures and tables, and what made its records."""
    found = tables.found
    told = coverage_of(found)
    parts = [
        f"## Suite {found.suite.name}",
        found.suite.about,
        coverage_words(found.suite, told, core_of(found).tasks),
    ]
    if not told.n_records:
        return [*parts, f"There is nothing to show yet: `alignenv bench run {found.suite.name}`."]
    parts += _pictured(pictures, "rows")
    for sheet in tables.sheets:
        parts += _section(sheet)
        if sheet.key == "feedback":
            parts += _pictured(pictures, "feedback")
    return [*parts, f"### Records of {found.suite.name}", "\n".join(_facts(tables))]


def _section(sheet: Sheet) -> list[str]:
    """A table under its heading, in parts where it is too wide for a page."""
    if not sheet.rows:
        return []
    parts = [_columns(sheet, chosen) for chosen in _PARTS.get(sheet.key, ())]
    parts = [part for part in parts if _has_figures(part)] or [sheet]
    tables = [_markdown(replace(part, notes=())) for part in parts]
    return [f"### {sheet.title}", *tables, *sheet.notes]


def _has_figures(sheet: Sheet) -> bool:
    return any(cell not in (NONE, MISSING) for row in sheet.rows for cell in row[1:])


_PARTS = {"success": ((0, 1, 2, 3, 4), (0, 5, 6), (0, 7, 8, 9, 10))}
"""Columns of each part of a wide table."""
_NO_BREAK = "\u00a0"


def _columns(sheet: Sheet, chosen: Sequence[int]) -> Sheet:
    return replace(
        sheet,
        columns=tuple(sheet.columns[i] for i in chosen),
        rows=tuple(tuple(row[i] for i in chosen) for row in sheet.rows),
    )


def _markdown(sheet: Sheet) -> str:
    """A table without its title, its cells kept on one line each."""
    whole = [tuple(_on_one_line(cell) for cell in row) for row in sheet.rows]
    return as_markdown([replace(sheet, rows=tuple(whole))]).partition("\n\n")[2]


def _on_one_line(cell: str) -> str:
    return cell.replace(" ", _NO_BREAK) if len(cell) < _MOST_ON_ONE_LINE else cell


_MOST_ON_ONE_LINE = 32
"""Longer cells, such as lists of tasks, may break."""


def _pictured(pictures: dict[str, tuple[str, Path]], name: str) -> list[str]:
    if name not in pictures:
        return []
    words, path = pictures[name]
    return [f"![{words}](images/{path.name})"]


def _facts(tables: Tables) -> Iterable[str]:
    facts = {**record_facts(tables.found), "commits": [commit_words(tables.found)]}
    shown = {name: values for name, values in facts.items() if values}
    return [f"- {name}: {', '.join(values)}" for name, values in shown.items()]


def _races(others: Sequence[Tables]) -> Sheet | None:
    sheets = (sheet for tables in others for sheet in tables.sheets)
    return next((sheet for sheet in sheets if sheet.key == RACING), None)


def _suite(others: Sequence[Tables], name: str) -> Tables | None:
    return next((tables for tables in others if tables.found.suite.name == name), None)


def findings_page(tables: Tables, races: Sheet | None = None, hard: Tables | None = None) -> str:
    """`docs/findings.md`: what the main suite found, in words."""
    parts = [
        "# What we found",
        _NOTE,
        f"Every figure and every verdict on this page is read off the records of the suite "
        f"`{tables.found.suite.name}`, or of another one where it is named; "
        "[the tables](results.md) have all of them, and "
        "[how to read a table](benchmarks.md) says what the words mean. The questions were written "
        "before the answers were known.",
    ]
    for part in findings(tables, races, hard):
        parts += [f"## {part.question}", *part.answer]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", type=Path, help=f"folder of all records; default {RECORDS}")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of README.md and docs/")
    given = parser.parse_args(arguments)
    made = publish(given.root, given.out or given.root / RECORDS)
    for path in made.stale:
        sys.stderr.write(f"stale: {path} is a record of no cell; run the suite, then delete it.\n")
    if not given.check:
        made.write(given.root)
        return 0
    differing = made.differing(given.root)
    for path in differing:
        sys.stderr.write(f"{path} is not what the records say; run this without --check.\n")
    return int(bool(differing or made.stale))


if __name__ == "__main__":
    raise SystemExit(main())
