"""Removing folders that an untrusted process may have filled."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


def remove_folder(folder: Path) -> None:
    """Remove a folder that a worker may have filled; its links are never followed."""
    with contextlib.suppress(FileNotFoundError):
        try:
            shutil.rmtree(folder)
        except PermissionError:
            # It made folders that their owner may not list.
            for path, folders, _ in os.walk(folder):
                for child in (Path(path, name) for name in folders):
                    if not child.is_symlink():
                        child.chmod(0o700)
            shutil.rmtree(folder, ignore_errors=True)
