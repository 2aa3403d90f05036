"""Files that are whole or absent: no reader, crash or full disk ever leaves half of one."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from alignenv.errors import MachineError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`, in place of what was there, and return when it is on disk.

    The folder is made when missing.

    Raises:
        MachineError: The disk is full or the folder cannot be written; `path` is as it was.
    """
    try:
        replace_file(path, data)
    except OSError as error:
        raise machine_error(error, path) from error


def replace_file(path: Path, data: bytes) -> None:
    """What `write_atomically` does, for callers that explain an `OSError` themselves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def machine_error(error: OSError, path: Path) -> MachineError:
    """The error to show for a failed write at `path`."""
    if error.errno in _FULL:
        return MachineError(
            f"The disk is full: {path} could not be written.",
            cure=f"Free space in {path.parent}; nothing half-written was left there.",
        )
    if error.errno in _REFUSED:
        return MachineError(
            f"{path} cannot be written: {error.strerror}.", cure="Choose a folder you may write to."
        )
    return MachineError(f"{path} could not be written: {error.strerror or error}.")
