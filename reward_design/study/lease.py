"""One driver at a time: a lock on the study folder that dies with its process.

The kernel drops the lock when the driver ends, however it ends, so a killed driver's study can be
resumed at once and a living one's never is. The lock file says who holds it, for the message.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from alignenv.errors import StudyError

LOCK_FILE = "driver.lock"

_PATIENCE_S = 0.5
"""How long to wait for the lock: long enough for a passing `holder` to let go."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A driver: process id, host name, and when it took the lock (UTC, ISO 8601)."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} (since {self.since})"


class Lease:
    """The right to write to a study folder, from construction to `release`.

    Attributes:
        holder: This process.
        left_by: The driver that died without releasing it, or None.

    Args:
        folder: The study's folder; must exist.

    Raises:
        StudyError: Another driver holds it.
        OSError: The lock file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.holder = Holder(os.getpid(), socket.gethostname(), now)
        self._file = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _locked_within(self._file, _PATIENCE_S):
                raise _busy(folder, _read(self._file))
            self.left_by = _read(self._file)
            _write(self._file, json.dumps(asdict(self.holder)))
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Give it up in order, so that nobody takes the study for interrupted."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def holder(folder: Path) -> Holder | None:
    """The driver that is writing to the folder now, or None."""
    try:
        file = os.open(folder / LOCK_FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if _try_lock(file) else _read(file)
    finally:
        os.close(file)


def _busy(folder: Path, other: Holder | None) -> StudyError:
    who = str(other) if other else "another process"
    stop = f"stop it (kill {other.pid} on {other.host})" if other else "stop it"
    return StudyError(
        f"Another driver is running the study in {folder}: {who}.",
        cure=f"Wait for it, {stop} and resume, or use another folder.",
    )


def _locked_within(file: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not _try_lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _read(file: int) -> Holder | None:
    os.lseek(file, 0, os.SEEK_SET)
    try:
        data = json.loads(os.read(file, 4096) or b"null")
        return Holder(int(data["pid"]), str(data["host"]), str(data["since"])) if data else None
    except (ValueError, TypeError, KeyError):
        return None


def _write(file: int, text: str) -> None:
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, text.encode())


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        os.lseek(file, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
