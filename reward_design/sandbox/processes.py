"""Ending and reaping worker processes, each with its whole group."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import NamedTuple


class Exit(NamedTuple):
    """How a process ended: its wait status and its processor seconds, its children's included."""

    status: int
    cpu_s: float


def kill_group(pid: int) -> None:
    """Kill a child of this process and every process of the group it leads."""
    # A process that was just forked leads no group yet.
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def reap(pid: int) -> Exit | None:
    """Reap a child if it has ended, after killing what is left of its group."""
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    kill_group(pid)  # now, while nobody else can have its id
    _, status, used = os.wait4(pid, 0)
    return Exit(status, used.ru_utime + used.ru_stime)
