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
from alignenv.benchmarks.bench.coverage import core_of, coverage_of
from alignenv.benchmarks.bench.findings import NOTHING_ELSE, Also, findings
from alignenv.benchmarks.bench.poster import figures
from alignenv.benchmarks.bench.provenance import commit_words, record_facts
from alignenv.benchmarks.bench.racing import race_results
from alignenv.benchmarks.bench.readme import coverage_words, one_line_markdown, readme_part
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import MISSING, NONE, Sheet
from alignenv.benchmarks.bench.suite import BenchSuite, known_suites, load_suite
from alignenv.benchmarks.bench.tables import RACING, Tables, make_tables
from alignenv.benchmarks.markers import replaced
from alignenv.files import write_atomically

ROOT = Path(__file__).parents[2]
RECORDS = Path("benchmarks") / "results" / "bench"
MAIN = "standard"
"""The suite of the README's table and of the findings."""
HARD = "feedback"
"""The suite that asks of feedback alone."""
ALGORITHMS = "algorithms"
"""The suite that trains by other algorithms."""
OTHERS = (HARD, "transfer", "hazard", "racing", ALGORITHMS)
"""Further suites of the results page, where they have records."""
CLAIMS = ("full", "transfer", "hazard")
"""Suites that findings name where they have no record of their own."""
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
    own = _with_own_records(store)
    others = [make_tables(_full(load_suite(name), store), store) for name in own if name in OTHERS]
    also = also_of(others, [name for name in CLAIMS if name not in own])
    texts[Path("README.md")] = replaced(readme, KEY, readme_part(main, pictures, also))
    texts[Path("docs/results.md")] = results_page(main, others, pictures)
    texts[Path("docs/findings.md")] = findings_page(main, also)
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


def _with_own_records(store: RecordStore) -> list[str]:
    """The other suites, in order, that have a record which the main one does not share."""
    if not store.folder.is_dir():
        return []
    shared = _paths(store, MAIN)
    names = dict.fromkeys((*OTHERS, *CLAIMS))
    return [n for n in names if any(path.exists() for path in _paths(store, n) - shared)]


def also_of(others: Sequence[Tables], unmeasured: Sequence[str]) -> Also:
    """What findings need to know of other suites.

    Args:
        others: Tables of those that have records.
        unmeasured: Names of those that have none.
    """
    suites = {tables.found.suite.name: tables.found for tables in others}
    raced = [found for found in suites.values() if RACING in found.suite.rows]
    return Also(
        hard=suites.get(HARD),
        races=race_results(raced[0].records(RACING), raced[0].suite.protocol.seed) if raced else (),
        algorithms=suites.get(ALGORITHMS),
        unmeasured=tuple(unmeasured),
    )


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
    tables = [one_line_markdown(replace(part, notes=())) for part in parts]
    return [f"### {sheet.title}", *tables, *sheet.notes]


def _has_figures(sheet: Sheet) -> bool:
    return any(cell not in (NONE, MISSING) for row in sheet.rows for cell in row[1:])


_PARTS = {"success": ((0, 1, 2, 3, 4), (0, 5, 6), (0, 7, 8, 9, 10))}
"""Columns of each part of a wide table."""


def _columns(sheet: Sheet, chosen: Sequence[int]) -> Sheet:
    return replace(
        sheet,
        columns=tuple(sheet.columns[i] for i in chosen),
        rows=tuple(tuple(row[i] for i in chosen) for row in sheet.rows),
    )


def _pictured(pictures: dict[str, tuple[str, Path]], name: str) -> list[str]:
    if name not in pictures:
        return []
    words, path = pictures[name]
    return [f"![{words}](images/{path.name})"]


def _facts(tables: Tables) -> Iterable[str]:
    facts = {**record_facts(tables.found), "commits": [commit_words(tables.found)]}
    shown = {name: values for name, values in facts.items() if values}
    return [f"- {name}: {', '.join(values)}" for name, values in shown.items()]


def findings_page(tables: Tables, also: Also = NOTHING_ELSE) -> str:
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
    for part in findings(tables, also):
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
