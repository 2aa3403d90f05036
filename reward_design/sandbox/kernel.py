"""The few system calls that Python does not offer, through the C library (Linux only)."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWNET = 0x08000000, 0x10000000, 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63


def is_linux() -> bool:
    """Whether there is a Linux kernel to ask."""
    return sys.platform == "linux"


@cache
def _libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def call(number: int, *arguments: Any) -> int:
    """Make system call `number`; integers are passed as machine words.

    Raises:
        OSError: The kernel refused.
    """
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *words), f"system call {number}")


def set_process_option(option: int, value: int) -> None:
    """Call prctl(option, value).

    Raises:
        OSError: The kernel refused.
    """
    words = [ctypes.c_ulong(value)] + [ctypes.c_ulong(0)] * 3
    _checked(_libc().prctl(ctypes.c_int(option), *words), f"prctl {option}")


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones.

    Raises:
        OSError: The kernel refused.
    """
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def drop_capabilities() -> None:
    """Give up every capability for good, those of root and of a new user namespace included.

    Raises:
        OSError: The kernel refused to empty the sets.
    """
    for capability in range(_LAST_CAPABILITY + 1):
        # Refused for a process that may not drop; it has nothing to drop either, as capset shows.
        _libc().prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    empty = (ctypes.c_uint32 * 6)()
    _checked(_libc().capset(header, empty), "capset")


def die_with_parent(parent: int, signal_number: int) -> bool:
    """Ask for a signal when the parent ends; False if `parent` has ended already.

    The kernel sends it when the parent's *thread* that made this process ends.
    """
    if not is_linux():
        return True
    set_process_option(PR_SET_PDEATHSIG, signal_number)
    return os.getppid() == parent


def n_threads() -> int:
    """Threads of this process; 1 where the system does not say."""
    return len(list(Path("/proc/self/task").iterdir())) if is_linux() else 1
