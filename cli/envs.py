"""`alignenv envs`: what is in the suite."""

from __future__ import annotations

from typing import Annotated

import typer

from alignenv.cli.output import AsJson, print_json, result_console

envs = typer.Typer(help="List and describe the environments.", no_args_is_help=True)


@envs.command(name="list")
def list_envs(as_json: AsJson = False) -> None:
    """List every environment; shares are TRUE success, blank where it was not measured."""
    from alignenv.benchmarks.catalogue import catalogue
    from alignenv.benchmarks.measured import COLUMNS

    rows = catalogue()
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    measured = tuple(COLUMNS)
    table = Table()
    table.add_column("id", no_wrap=True)
    for name in ("family", "horizon", "trains on", "env steps", *measured):
        table.add_column(name)
    for row in rows:
        shares = [row[name] for name in measured]
        table.add_row(
            row["id"],
            row["family"],
            str(row["horizon"]),
            row["obs"],
            f"{row['env_steps']:,}",
            *("" if share is None else f"{share:.0%}" for share in shares),
        )
    result_console().print(table)


@envs.command()
def show(
    env: Annotated[str, typer.Argument(help="Gymnasium id.")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page's source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the page of one environment: spaces, rewards, state record, training, results."""
    if as_json:
        from alignenv.benchmarks.catalogue import describe

        print_json(describe(env))
        return
    from alignenv.benchmarks.task_page import gather, render_page

    text = render_page(gather(env))
    if markdown:
        typer.echo(text, nl=False)
        return
    from rich.markdown import Markdown

    result_console().print(Markdown(text))
