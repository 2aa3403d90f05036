"""`alignenv audit`: would an agent paid by this reward do what was meant?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alignenv.cli.options import Isolation, TaskFile
from alignenv.cli.output import AsJson, print_json, result_console

Option = typer.Option


def audit(
    reward: Annotated[str, typer.Argument(help="FILE.py, human, sparse, hackable ...")],
    env: Annotated[str, Option(help="Gymnasium id.")],
    against: Annotated[
        str, Option(help="Measure the distance to this reward: FILE.py, human ...")
    ] = "",
    layer: Annotated[str, Option(help="replace or add.")] = "replace",
    gamma: Annotated[float | None, Option(help="Discount; default: the preset's.")] = None,
    layouts: Annotated[int, Option(min=1, help="Layouts to list, where a task has many.")] = 3,
    max_states: Annotated[int, Option(min=1, help="Most states to list of a layout.")] = 100_000,
    task: TaskFile = None,
    animation: Annotated[
        Path | None, Option(help="Write what the agent would do as an animated WebP or GIF.")
    ] = None,
    isolation: Isolation = "auto",
    as_json: AsJson = False,
) -> None:
    """Say whether a reward is sound (exit 0), hackable (exit 1) or undecided (exit 4)."""
    from alignenv.benchmarks.audit import AuditRequest, audit_reward
    from alignenv.benchmarks.audit_text import EXIT_CODES, document, lines
    from alignenv.benchmarks.workers import env_ref

    request = AuditRequest(
        ref=env_ref(env, task),
        reward=reward,
        against=against,
        layer=layer,
        gamma=gamma,
        max_states=max_states,
        layouts=layouts,
    )
    found = audit_reward(request, isolation=isolation)
    if animation is not None:
        from alignenv.benchmarks.audit_animation import animate

        animate(found, animation)
    if as_json:
        print_json(document(found))
    else:
        out = result_console()
        for line in lines(found):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    if code := EXIT_CODES[found.audit.verdict]:
        raise typer.Exit(code)
