"""The tables of a suite from its records, in any form, and inside documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alignenv.benchmarks.bench.analysis import analyse
from alignenv.benchmarks.bench.collect import Collected, collect
from alignenv.benchmarks.bench.contrasts import feedback_sheets
from alignenv.benchmarks.bench.formats import as_csv, as_latex, as_markdown
from alignenv.benchmarks.bench.later import later_sheets
from alignenv.benchmarks.bench.peers import peer_sheet
from alignenv.benchmarks.bench.programs import programs_sheet
from alignenv.benchmarks.bench.racing import racing_sheet
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sensitivity import sensitivity_sheet
from alignenv.benchmarks.bench.sheets import Sheet, sheets
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.bench.verdicts import verdict_sheet
from alignenv.benchmarks.markers import markers, replaced
from alignenv.errors import ConfigError, UnknownName
from alignenv.files import write_atomically

RACING = "racing"
"""The row whose records tell what racing saves."""

_WRITERS = {"md": as_markdown, "csv": as_csv, "latex": as_latex}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A suite's tables.

    Attributes:
        found: Its records.
        results: Its rows.
        sheets: Its tables that have anything to read.
    """

    found: Collected
    results: tuple[RowResult, ...]
    sheets: tuple[Sheet, ...]

    def text(self, form: str) -> str:
        """All tables as `md`, `csv` or `latex`.

        Raises:
            UnknownName: No such form.
        """
        if form not in _WRITERS:
            raise UnknownName.of("format", form, ("text", "json", *_WRITERS))
        return _WRITERS[form](self.sheets).rstrip("\n") + "\n"


def make_tables(suite: BenchSuite, store: RecordStore, *, peers: bool = False) -> Tables:
    """Read the records of a suite and make its tables.

    Args:
        suite: The suite.
        store: Its records.
        peers: Whether to add what peers would print.

    Raises:
        ConfigError: A file is no record of its cell.
    """
    found = collect(suite, store)
    results = analyse(found)
    made = sheets(suite, results)
    if (programs := programs_sheet(found)) is not None:
        made.append(programs)
    made += [*feedback_sheets(found), *later_sheets(found)]
    if any(find_row(row).algorithm for row in suite.rows):
        made.append(sensitivity_sheet(found))
    if (audited := verdict_sheet(found, store)) is not None:
        made.append(audited)
    if peers:
        made.append(peer_sheet(results))
    if RACING in suite.rows:
        n_cells = sum(place.n_cells for place in found.places[RACING].values())
        made.append(racing_sheet(found.records(RACING), n_cells, suite.protocol.seed))
    told = tuple(sheet for sheet in made if not sheet.is_empty)
    return Tables(found=found, results=tuple(results), sheets=told)


def write_tables(tables: Tables, path: Path, *, check: bool) -> bool:
    """Write tables into a Markdown document, between the markers that it has.

    Args:
        tables: What to write.
        path: A document with markers such as `<!-- bench:standard:success:begin -->`.
        check: Change nothing.

    Returns:
        Whether the document was as it should be, or is now.

    Raises:
        ConfigError: It cannot be read, or has no marker of the suite.
    """
    try:
        old = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", cure="Check the path.") from error
    new, n_found = old, 0
    for sheet in tables.sheets:
        key = f"bench:{tables.found.suite.name}:{sheet.key}"
        if markers(key)[0] in old:
            new, n_found = replaced(new, key, as_markdown([sheet])), n_found + 1
    if not n_found:
        first = markers(f"bench:{tables.found.suite.name}:{tables.sheets[0].key}")
        raise ConfigError(
            f"{path} has no place for a table of {tables.found.suite.name}.",
            cure=f"Write {first[0]} and {first[1]} on lines of their own.",
        )
    if check:
        return new == old
    write_atomically(path, new.encode())
    return True
