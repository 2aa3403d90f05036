"""What a worker uses at this moment, as the system tells it from outside."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BLOCK = 512


class Disk(NamedTuple):
    """Disk in use: bytes, and entries of the folder."""

    n_bytes: int
    n_entries: int


def resident_bytes(pid: int) -> int:
    """Memory of a process in use; 0 if it has ended or the system does not say."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def disk_usage(folder: Path, pid: int, most: Disk) -> Disk:
    """Disk that a worker uses in its folder and in files it has deleted but holds open.

    The walk ends as soon as it passes `most`. A folder that cannot be listed counts as full.
    """
    n_bytes, n_entries = _deleted_bytes(pid), 0
    for size in _sizes(folder):
        n_bytes, n_entries = n_bytes + size, n_entries + 1
        if n_bytes > most.n_bytes or n_entries > most.n_entries:
            break
    return Disk(n_bytes, n_entries)


def _sizes(folder: Path) -> Iterator[int]:
    waiting = [str(folder)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except FileNotFoundError:
            continue
        except OSError:
            yield sys.maxsize
            continue
        for entry in entries:
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield info.st_blocks * _BLOCK
            if stat.S_ISDIR(info.st_mode):
                waiting.append(entry.path)


def _deleted_bytes(pid: int) -> int:
    total = 0
    try:
        handles = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0
    for handle in handles:
        try:
            info = handle.stat()
        except OSError:
            continue
        if stat.S_ISREG(info.st_mode) and info.st_nlink == 0:
            total += info.st_blocks * _BLOCK
    return total
