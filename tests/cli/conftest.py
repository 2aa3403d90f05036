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

from alignenv.cli.main import main

SETTINGS = {"OMP_NUM_THREADS": "1", "COLUMNS": "100", "NO_COLOR": "1"}


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
    """Run `alignenv` as a process, in a folder of its own, without a key."""

    def run(*arguments: object, **more: str) -> Ran:
        plain = {k: v for k, v in os.environ.items() if k != "OPENAI_API_KEY"}
        process = subprocess.run(
            [sys.executable, "-m", "alignenv", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**plain, **SETTINGS, **more},
            timeout=300,
            check=False,
        )
        return Ran(process.returncode, process.stdout, process.stderr)

    return run


@pytest.fixture
def quick_alignenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """The same without a process of its own, whose imports take longer than what is asked."""
    monkeypatch.chdir(tmp_path)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["alignenv", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return Ran(int(left.value.code or 0), told.out, told.err)

    return run
