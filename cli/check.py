"""`alignenv check`: is this text a reward program?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alignenv.cli.output import AsJson, print_json, result_console

Option = typer.Option


def check(
    file: Annotated[Path, typer.Argument(help="Reward program.")],
    env: Annotated[str | None, Option(help="Task whose fields it reads.")] = None,
    card: Annotated[str | None, Option(help="FILE.json:NAME, a task card.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a reward program without running it; exit 0 accepted, 1 rejected."""
    from alignenv.errors import ConfigError
    from alignenv.program.check import check_source, surroundings_of_card, surroundings_of_env

    if (env is None) == (card is None):
        raise ConfigError(
            "A program is checked for one task.", cure="Give --env ID or --card FILE.json:NAME."
        )
    surroundings = surroundings_of_env(env) if env else surroundings_of_card(card or "")
    try:
        source = file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    verdict = check_source(source, surroundings)
    if as_json:
        print_json(verdict.to_json())
    else:
        out = result_console()
        for problem in verdict.problems:
            out.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        if verdict.ok:
            how = "compiled" if verdict.compiled else f"interpreted: {verdict.why_not}"
            parts = ", ".join(verdict.components) or "none"
            out.print(f"accepted, {how}; components: {parts}", markup=False, highlight=False)
    if not verdict.ok:
        raise typer.Exit(1)
