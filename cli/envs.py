"""`alignenv envs`: what is in the suite."""

from __future__ import annotations

import typer

from alignenv.cli.output import AsJson, print_json, result_console

envs = typer.Typer(help="List and describe the environments.", no_args_is_help=True)


@envs.command(name="list")
def list_envs(as_json: AsJson = False) -> None:
    """List every environment with its family, horizon and reference rewards."""
    from alignenv.benchmarks.catalogue import catalogue

    rows = catalogue()
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    table = Table("id", "family", "horizon", "trains on", "env steps", "rewards")
    for row in rows:
        table.add_row(
            row["id"],
            row["family"],
            str(row["horizon"]),
            row["obs"],
            f"{row['env_steps']:,}",
            " ".join(row["rewards"]),
        )
    result_console().print(table)


@envs.command()
def show(env: str) -> None:
    """Print the task card that coders are given, and the reference rewards."""
    from alignenv.task import find_task

    task = find_task(env)
    card, out = task.card, result_console()
    out.print(f"[bold]{card.id}[/]  ({task.family})\n{card.goal}\n", highlight=False)
    for label, text in (
        ("agent sees", card.observes),
        ("action", f"{card.action.kind}: {card.action.meaning}"),
        ("episode ends", card.termination),
        ("horizon", f"{card.horizon} steps"),
    ):
        out.print(f"[bold]{label}[/]: {text}", highlight=False)
    for field in card.state:
        out.print(f"  {field.describe()}", highlight=False, markup=False)
    for name, reward in task.rewards.items():
        out.print(f"\n[bold]reward={name}[/]  {reward.note}", highlight=False)
        out.print(reward.source, highlight=False, markup=False)
