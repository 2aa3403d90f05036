"""`alignenv bench`: suites of tasks, rows and seeds, and the tables that their records make."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alignenv.cli.options import BaseUrl, Isolation, Workers
from alignenv.cli.output import (
    AsJson,
    Quiet,
    error_console,
    open_view,
    print_json,
    result_console,
)

if TYPE_CHECKING:
    from alignenv.benchmarks.bench.records import RecordStore
    from alignenv.benchmarks.bench.suite import BenchSuite

bench = typer.Typer(
    help="Run suites of tasks and rewards, and make tables from their records.",
    no_args_is_help=True,
)

Option = typer.Option

SuiteName = Annotated[str, typer.Argument(help="smoke, standard, ...; or a FILE.toml.")]
Out = Annotated[Path | None, Option(help="Folder of all records; default runs/bench.")]
Only = Annotated[list[str] | None, Option(help="Only these tasks or rows; may be repeated.")]
Llm = Annotated[
    str | None,
    Option(help="openai:MODEL or another coder: adds its row for each designer."),
]


@bench.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the suites: what they are for, their tasks and rows."""
    from rich.table import Table

    from alignenv.benchmarks.bench.suite import known_suites, load_suite

    suites = [load_suite(name) for name in known_suites()]
    if as_json:
        print_json([suite.model_dump(mode="json") for suite in suites])
        return
    table = Table("suite", "tasks", "rows", "about")
    for suite in suites:
        table.add_row(suite.name, str(len(suite.tasks)), str(len(suite.rows)), suite.about)
    result_console().print(table)


@bench.command()
def run(
    suite: SuiteName,
    out: Out = None,
    only: Only = None,
    llm: Llm = None,
    plan: Annotated[
        bool, Option("--plan", help="Only say what is missing, and the CPU hours.")
    ] = False,
    budget: Annotated[str, Option(help="Caps per search: calls=..,tokens=..,usd=..")] = "",
    base_url: BaseUrl = None,
    workers: Workers = None,
    isolation: Isolation = "auto",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the cells of a suite that have no record yet; stop and go on at any time."""
    from alignenv.benchmarks.bench.formats import as_rich
    from alignenv.benchmarks.bench.plan import plan_sheet, plan_suite
    from alignenv.benchmarks.bench.run import RunOptions, run_suite

    chosen, store = _open(suite, out, only, llm)
    planned = plan_suite(chosen, store)
    if plan:
        if as_json:
            print_json(planned.to_json())
        else:
            result_console().print(as_rich(plan_sheet(planned)))
        return
    options = RunOptions(n_workers=workers, isolation=isolation, budget=budget, base_url=base_url)
    with open_view(error_console(), quiet=quiet) as view:
        view.note(f"{len(planned.missing)} cells, about {planned.cpu_h:.2f} CPU hours")
        run_suite(chosen, store, view, options)
    _print(chosen, store, "json" if as_json else "text", peers=False)


@bench.command()
def table(
    suite: SuiteName,
    out: Out = None,
    only: Only = None,
    llm: Llm = None,
    form: Annotated[str, Option("--format", help="text, md, csv, json or latex.")] = "text",
    peers: Annotated[
        bool, Option("--peers", help="Add what Eureka and Text2Reward would print.")
    ] = False,
    write: Annotated[
        Path | None, Option(help="Markdown file to write the tables into, between its markers.")
    ] = None,
    check: Annotated[
        bool, Option("--check", help="With --write: change nothing; exit 1 if it would differ.")
    ] = False,
) -> None:
    """Make the tables of a suite from its records; what has no record is shown as missing."""
    from alignenv.benchmarks.bench.tables import make_tables, write_tables

    chosen, store = _open(suite, out, only, llm)
    if write is None:
        _print(chosen, store, form, peers=peers)
    elif not write_tables(make_tables(chosen, store, peers=peers), write, check=check):
        error_console().print(f"{write} is not what the records say.", markup=False)
        raise typer.Exit(1)


@bench.command()
def audit(suite: SuiteName, out: Out = None, only: Only = None, as_json: AsJson = False) -> None:
    """Audit every program of a suite's records; tables show the verdicts from then on."""
    from alignenv.benchmarks.audit import open_audit_pool
    from alignenv.benchmarks.bench.formats import as_rich
    from alignenv.benchmarks.bench.verdicts import audited_sheet

    chosen, store = _open(suite, out, only, None)
    with open_audit_pool() as pool:
        sheet = audited_sheet(chosen, store, pool)
    if as_json:
        rows = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
        print_json({"suite": chosen.name, "rows": rows})
    else:
        result_console().print(as_rich(sheet))


@bench.command()
def report(
    suite: SuiteName,
    out: Out = None,
    only: Only = None,
    llm: Llm = None,
    to: Annotated[Path | None, Option(help="HTML file; default SUITE.html in the folder.")] = None,
    videos: Annotated[
        bool,
        Option(
            "--videos",
            help="Film agents of the human, the hackable and the best searched reward of each "
            "task. Each is trained again, once: minutes a task.",
        ),
    ] = False,
    workers: Workers = None,
    isolation: Isolation = "auto",
    quiet: Quiet = False,
) -> None:
    """Write one HTML page with the tables, curves and programs of a suite."""
    from alignenv.benchmarks.bench.films import make_films
    from alignenv.benchmarks.bench.page import write_page
    from alignenv.benchmarks.bench.tables import make_tables

    chosen, store = _open(suite, out, only, llm)
    path = to or store.folder / f"{chosen.name}.html"
    tables = make_tables(chosen, store, peers=True)
    films = []
    if videos:
        with open_view(error_console(), quiet=quiet) as view:
            films = make_films(tables.found, store, view, n_workers=workers, isolation=isolation)
    write_page(path, tables, films)
    result_console().print(str(path), markup=False, highlight=False, soft_wrap=True)


def _open(
    name: str, out: Path | None, only: list[str] | None, llm: str | None
) -> tuple[BenchSuite, RecordStore]:
    """A suite with the rows that a model or recorded replies add, and its records."""
    from alignenv.benchmarks.bench.records import RecordStore
    from alignenv.benchmarks.bench.run import folder_of
    from alignenv.benchmarks.bench.suite import load_suite

    suite, store = load_suite(name), RecordStore(folder_of(out))
    if llm is not None:
        suite = suite.with_model(llm)
    return suite.with_rows(store.replied_rows(suite.tasks)).only(only or ()), store


def _print(suite: BenchSuite, store: RecordStore, form: str, *, peers: bool) -> None:
    from alignenv.benchmarks.bench.formats import as_document, as_rich
    from alignenv.benchmarks.bench.tables import make_tables

    tables = make_tables(suite, store, peers=peers)
    if form == "json":
        print_json(as_document(suite, tables.results, tables.sheets))
    elif form == "text":
        console = result_console()
        for sheet in tables.sheets:
            console.print(as_rich(sheet.shortened(console.width)))
    else:
        sys.stdout.write(tables.text(form))
