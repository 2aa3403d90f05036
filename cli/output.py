"""Where output goes: one document or table on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from alignenv.benchmarks.view import RunView

SCHEMA_VERSION = 1
"""Version of every JSON document that the command prints."""

AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress display.")]


def error_console() -> Console:
    """Console for progress and errors."""
    return Console(stderr=True)


def result_console() -> Console:
    """Console for results."""
    return Console()


def print_json(document: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Print one JSON document; it, or each row of a list, carries the schema version."""
    version = {"schema_version": SCHEMA_VERSION}
    versioned: object
    if isinstance(document, list):
        versioned = [{**version, **row} for row in document]
    else:
        versioned = {**version, **document}
    text = json.dumps(versioned, allow_nan=False)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def open_view(console: Console, *, quiet: bool) -> Iterator[RunView]:
    """Live progress on `console`, or silence."""
    from alignenv.benchmarks.view import SilentView
    from alignenv.cli.progress import LiveView

    if quiet:
        yield SilentView()
    else:
        with LiveView(console) as view:
            yield view
