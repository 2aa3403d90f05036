"""Entry point of the `alignenv` command."""

from __future__ import annotations

import json
import sys

import typer

from alignenv.cli.audit import audit
from alignenv.cli.bench import bench
from alignenv.cli.check import check
from alignenv.cli.compare import compare
from alignenv.cli.designers import designers
from alignenv.cli.doctor import doctor
from alignenv.cli.envs import envs
from alignenv.cli.evolve import EvolveCommand, evolve
from alignenv.cli.fake_llm import fake_llm
from alignenv.cli.output import SCHEMA_VERSION, error_console
from alignenv.cli.play import play
from alignenv.cli.study import study
from alignenv.cli.train import train
from alignenv.errors import AlignEnvError

app = typer.Typer(
    name="alignenv",
    help="Design, test and trust reward functions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(cls=EvolveCommand)(evolve)
app.command()(train)
app.command()(compare)
app.command()(play)
app.command()(check)
app.command()(audit)
app.command()(doctor)
app.add_typer(bench, name="bench")
app.add_typer(envs, name="envs")
app.add_typer(designers, name="designers")
app.add_typer(study, name="study")
app.command(name="fake-llm")(fake_llm)

INTERRUPTED = 130


def main() -> None:
    """Run the command; every error raised on purpose becomes one message and an exit code."""
    try:
        app()
    except AlignEnvError as error:
        sys.exit(_report(error))
    except KeyboardInterrupt:
        told = "Interrupted; what was finished is kept. Go on with --resume"
        error_console().print(f"{told}, or by the same `bench run`.", markup=False)
        sys.exit(INTERRUPTED)


def _report(error: AlignEnvError) -> int:
    if "--json" in sys.argv:
        sys.stdout.write(
            json.dumps({"schema_version": SCHEMA_VERSION, "error": error.to_json()}) + "\n"
        )
    console = error_console()
    console.print(f"[bold red]{error.kind}[/]: ", end="", highlight=False)
    console.print(error.message, markup=False, highlight=False)
    if error.cure:
        console.print(error.cure, markup=False, highlight=False)
    return error.exit_code
