"""`alignenv designers`: who can search for a reward."""

from __future__ import annotations

import typer

from alignenv.cli.output import AsJson, print_json, result_console

designers = typer.Typer(help="List and describe the designers.", no_args_is_help=True)


@designers.command(name="list")
def list_designers(as_json: AsJson = False) -> None:
    """List every designer with what it does."""
    from alignenv.reward_design.designers.catalogue import about, known_designers

    rows = [{"name": name, "about": about(name)} for name in known_designers()]
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    table = Table("designer", "what it does", show_lines=True)
    for row in rows:
        table.add_row(row["name"], row["about"])
    result_console().print(table)


@designers.command()
def show(name: str) -> None:
    """Print what a designer does and the options it takes."""
    from alignenv.reward_design.designers.catalogue import about, options_of

    out = result_console()
    out.print(f"[bold]{name}[/]\n{about(name)}\n", highlight=False)
    for key, (default, meaning) in options_of(name).items():
        shown = repr(default) if default != "required" else default
        out.print(f"--set designer_options.{key}=...  ({shown})", markup=False, highlight=False)
        out.print(f"    {meaning}", markup=False, highlight=False)
