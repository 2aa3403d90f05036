"""Runs the `alignenv` command as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        assert self.out.count("\n") == 1, self.out + self.err
        return json.loads(self.out)


@pytest.fixture
def alignenv(tmp_path: Path) -> Callable[..., Ran]:
    """Run `alignenv` in a folder of its own, without a key."""

    def run(*arguments: object, **more: str) -> Ran:
        plain = {k: v for k, v in os.environ.items() if k != "OPENAI_API_KEY"}
        process = subprocess.run(
            [sys.executable, "-m", "alignenv", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**plain, "OMP_NUM_THREADS": "1", "COLUMNS": "100", "NO_COLOR": "1", **more},
            timeout=300,
            check=False,
        )
        return Ran(process.returncode, process.stdout, process.stderr)

    return run
