"""`alignenv fake-llm`: a scripted OpenAI-compatible server, for dry runs without a key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alignenv.cli.output import error_console

Option = typer.Option


def fake_llm(
    script: Annotated[Path, Option(help="JSON list of replies; docs/llm.md describes it.")],
    port: Annotated[int, Option(min=0, max=65535, help="Port; 0 takes any free one.")] = 8000,
    host: Annotated[str, Option(help="Address to listen on.")] = "127.0.0.1",
    cycle: Annotated[bool, Option("--cycle", help="Begin again at the script's end.")] = False,
) -> None:
    """Serve scripted replies and faults over real HTTP, until interrupted."""
    from alignenv.reward_design.llm.fake_script import load_script
    from alignenv.reward_design.llm.fake_server import FakeServer

    server = FakeServer(load_script(script), port=port, host=host, cycle=cycle)
    error_console().print(
        f"Serving {len(server.script.entries)} replies. Use --base-url {server.base_url}",
        markup=False,
    )
    try:
        server.serve()
    finally:
        server.close()
