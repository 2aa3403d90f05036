"""`alignenv doctor`: is this machine fit, and what protects it?"""

from __future__ import annotations

import typer

from alignenv.cli.output import AsJson, print_json, result_console


def doctor(as_json: AsJson = False) -> None:
    """Check isolation, libraries and a few seconds of training; exit 3 when something fails."""
    from alignenv.benchmarks.health import examine

    health = examine()
    if as_json:
        print_json(health.to_json())
    else:
        from rich.table import Table

        table = Table("", "check", "detail", "what to do", title=health.isolation)
        for check in health.checks:
            mark = "[green]ok[/]" if check.ok else "[red]no[/]"
            table.add_row(mark, check.name, check.detail, "" if check.ok else check.cure)
        result_console().print(table)
    if not health.ok:
        raise typer.Exit(3)
