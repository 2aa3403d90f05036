"""Records: one JSON file per finished cell, whole or absent."""

from __future__ import annotations

import json
import os
import platform
import re
import socket
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from alignenv.benchmarks.bench.cells import Cell
from alignenv.errors import ConfigError
from alignenv.files import write_atomically

Record = dict[str, Any]
"""`id`, `task`, `row`, `seed`, `kind`, `settings`, `runs`, `search`, `cost`, `volatile`."""

VERSIONS = (
    "alignenv",
    "gymnasium",
    "minigrid",
    "mujoco",
    "numba",
    "numpy",
    "stable-baselines3",
    "torch",
)


UNKNOWN = "unknown"
"""The commit of a record that does not name one."""
CHANGED = "+changes"
"""What follows a commit from which files differed."""


class RecordStore:
    """The records in a folder; cells that two suites share are found by both.

    Args:
        folder: Where suites are run; records stand under `records/TASK/`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, cell: Cell) -> Path:
        """Where the record of a cell is, or will be."""
        row = re.sub(r"[^A-Za-z0-9._+-]+", "-", cell.row).strip("-")
        name = f"{row}-s{cell.seed:02d}-{cell.id}.json"
        return self.folder / "records" / cell.task / name

    def replies(self, cell: Cell) -> Path:
        """Where the model's replies to a search are kept, to run it again without the model."""
        name = f"{cell.task}-s{cell.seed:02d}-{cell.id}.jsonl"
        return self._replies / quote(cell.row, safe="[]") / name

    @property
    def _replies(self) -> Path:
        return self.folder / "replies"

    def replied_rows(self, tasks: Iterable[str]) -> list[str]:
        """Rows for which there are recorded replies on any of these tasks."""
        if not self._replies.is_dir():
            return []
        starts = tuple(f"{task}-s" for task in tasks)
        return sorted(
            unquote(folder.name)
            for folder in self._replies.iterdir()
            if any(file.name.startswith(starts) for file in folder.glob("*.jsonl"))
        )

    def find(self, cell: Cell) -> Record | None:
        """The record of a cell; None where it has not been run.

        Raises:
            ConfigError: The file is no record of that cell.
        """
        path = self.path(cell)
        if not path.exists():
            return None
        try:
            record: Record = json.loads(path.read_text(encoding="utf-8"))
            known = record["id"]
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{path} is no record: {error!r}.", cure="Delete it; the cell is then run again."
            ) from error
        if known != cell.id:
            raise ConfigError(
                f"{path} is a record of cell {known}.", cure="Delete it, or give back its name."
            )
        return record

    def keep(self, cell: Cell, parts: Mapping[str, Any], volatile: Mapping[str, Any]) -> Record:
        """Write the record of a finished cell; it is on disk when this returns.

        Args:
            cell: What was run.
            parts: What another run of the cell would find too.
            volatile: What another run would find otherwise, such as seconds.

        Raises:
            MachineError: The disk is full or the folder cannot be written.
        """
        record = {
            "id": cell.id,
            "task": cell.task,
            "row": cell.row,
            "seed": cell.seed,
            "kind": cell.kind,
            "settings": dict(cell.settings),
            **parts,
            "volatile": {**volatile, **_surroundings()},
        }
        write_atomically(self.path(cell), _text(record).encode())
        return record


def _text(record: Record) -> str:
    """JSON with one line per part, so that two records can be compared by eye."""
    lines = (
        f'"{key}": {json.dumps(value, sort_keys=True, allow_nan=False)}'
        for key, value in sorted(record.items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def canonical(record: Record) -> Record:
    """A record without what another run would find otherwise."""
    return {key: value for key, value in record.items() if key != "volatile"}


def _surroundings() -> dict[str, Any]:
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        **_machine(),
    }


@cache
def _machine() -> dict[str, Any]:
    return {
        "commit": _commit(),
        "host": socket.gethostname(),
        "machine": f"{platform.system()} {platform.machine()}, {_processor()}, "
        f"{os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in VERSIONS},
    }


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def _commit() -> str:
    """Commit of the checkout that this package runs from; unknown for an installed one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return UNKNOWN
    try:
        told = [
            subprocess.run(
                ["git", "-C", str(root), *words],
                capture_output=True,
                text=True,
                check=True,
                timeout=20,
            ).stdout.strip()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return told[0] + (CHANGED if told[1] else "")
