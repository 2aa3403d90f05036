"""`alignenv study`: look at what searches recorded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alignenv.cli.output import AsJson, print_json, result_console

if TYPE_CHECKING:
    from rich.table import Table

    from alignenv.reward_design.study import OutcomeRow, Overview

study = typer.Typer(help="List, show and export studies.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Folder of the study.")]


@study.command("list")
def list_(
    folder: Annotated[Path, typer.Argument(help="Folder that holds studies.")] = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """List the studies in a folder: what they search, how far they are, the best so far."""
    from alignenv.reward_design.study import list_studies

    rows = list_studies(folder)
    if as_json:
        print_json([row.to_json() for row in rows])
    else:
        result_console().print(_overview_table(rows))


@study.command()
def show(
    folder: Folder,
    program: Annotated[str | None, typer.Option(help="Print this candidate's program.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a study's settings, its candidates with their outcomes, and its conclusion."""
    from alignenv.reward_design.study import OutcomeRow, Overview, StudyReader

    with StudyReader.open(folder) as opened:
        if program is not None:
            sys.stdout.write(_harmless(opened.candidate(program).source))
            return
        overview = Overview.of(opened)
        rows = [OutcomeRow.of(trial) for trial in opened.trials()]
        settings, summary = opened.settings.model_dump(mode="json"), opened.summary()
    if as_json:
        document = {"study": overview.to_json(), "settings": settings, "summary": summary}
        print_json({**document, "candidates": [row.to_json() for row in rows]})
    else:
        console = result_console()
        console.print(_overview_table([overview]))
        console.print(_outcome_table(rows))


@study.command()
def export(
    folder: Folder,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="Only what two runs of one study agree on.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; default stdout.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Write model replies there, for --coder replay:FILE.")
    ] = None,
) -> None:
    """Export a study as one JSON document, or its model replies as a recording."""
    from alignenv.files import write_atomically
    from alignenv.reward_design.llm.journal import write_recording
    from alignenv.reward_design.study import StudyReader

    with StudyReader.open(folder) as opened:
        if replay is not None:
            write_recording(replay, opened.journal.recording())
            return
        data = opened.export(canonical=canonical)
    if out is not None:
        write_atomically(out, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _harmless(source: str) -> str:
    """A program that ends in one newline and cannot steer the terminal it is shown on."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in source)
    return shown.rstrip("\n") + "\n"


def _overview_table(rows: list[Overview]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    names = ("study", "state", "task", "method", "seed", "candidates", "failed", "best")
    table = Table(*names, "calls", "usd", "note")
    for row in rows:
        best = "" if row.best_success is None else f"{row.best_success:.0%}"
        seed = "" if row.seed is None else str(row.seed)
        cells = (row.path, row.state, row.env_id, row.method, seed, str(row.candidates))
        counts = (str(row.failed), best, str(row.calls), f"{row.usd:.2f}", row.note)
        table.add_row(*map(escape, (*cells, *counts)))
    return table


def _outcome_table(rows: list[OutcomeRow]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table("candidate", "parents", "TRUE success", "milestones", "outcome", "note")
    for row in rows:
        rates = ["" if x is None else f"{x:.0%}" for x in (row.success, row.milestones)]
        cells = (row.id, " ".join(row.parents), *rates, row.outcome, row.note)
        table.add_row(*map(escape, cells))
    return table
