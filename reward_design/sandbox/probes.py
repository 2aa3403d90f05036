"""The self-test: 24 forbidden actions, tried from inside.

A sandbox that is asked for can silently do nothing, so it is measured and not assumed. Each action
is harmless if it is allowed: signal 0, a file of our own, or arguments that the kernel rejects
right after the permission check (then the error tells that the check was passed).
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from alignenv.reward_design.sandbox import kernel
from alignenv.reward_design.sandbox.syscalls import (
    JUDGED_BY_ARGUMENT,
    KERNEL_SURFACE,
    MOUNTS_AND_NAMESPACES,
    OTHER_PROCESSES,
    PROCESS_START,
    SHARED_MEMORY,
    is_known_machine,
    numbers,
)

REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})
"""Errors that say that an action is forbidden; any other says that it got further."""

_NO_PID = 0x3FFFFFFF
_SIGHAND_WITHOUT_VM = 0x800
_NO_KEY = 0x5AFE5AFE


class Targets(NamedTuple):
    """What the probes aim at.

    Attributes:
        canary: A file of the pool outside the worker's folder.
        folder: The worker's own folder.
        pool_pid: The process that holds the keys.
    """

    canary: Path
    folder: Path
    pool_pid: int


@dataclass(frozen=True, slots=True)
class Probe:
    """One forbidden action.

    Attributes:
        name: Stable name.
        needs_paths: Whether only path rules can refuse it.
        attempt: Does it; returns if it was allowed and raises OSError otherwise.
        absent: Errors that say that there is nothing to misuse, as good as a refusal.
    """

    name: str
    needs_paths: bool
    attempt: Callable[[Targets], None]
    absent: frozenset[int] = frozenset()


class Outcome(NamedTuple):
    """What came of a probe: whether it was denied, and the kernel's word for it."""

    name: str
    denied: bool
    detail: str


def run_probes(targets: Targets) -> list[Outcome]:
    """Try every forbidden action once, in the order of `PROBES`."""
    return [_run(probe, targets) for probe in PROBES]


def _run(probe: Probe, targets: Targets) -> Outcome:
    try:
        probe.attempt(targets)
    except OSError as error:
        number = error.errno or 0
        denied = number in REFUSALS or number in probe.absent
        return Outcome(probe.name, denied, errno.errorcode.get(number, str(number)))
    return Outcome(probe.name, False, "allowed")


def _open(path: Path, flags: int) -> None:
    os.close(os.open(path, flags | os.O_CLOEXEC))


def _read_outside(targets: Targets) -> None:
    _open(targets.canary, os.O_RDONLY)


def _read_parent_environ(targets: Targets) -> None:
    _open(Path(f"/proc/{targets.pool_pid}/environ"), os.O_RDONLY)


def _read_init_environ(targets: Targets) -> None:
    del targets
    _open(Path("/proc/1/environ"), os.O_RDONLY)


def _write_outside(targets: Targets) -> None:
    _open(targets.canary, os.O_WRONLY)


def _create(path: Path) -> None:
    _open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    path.unlink()


def _create_outside(targets: Targets) -> None:
    _create(targets.canary.with_name(f"probe-{os.getpid()}"))


def _create_in_shared_memory(targets: Targets) -> None:
    del targets
    _create(Path(f"/dev/shm/alignenv-probe-{os.getpid()}"))


def _make_symlink(targets: Targets) -> None:
    link = targets.folder / "probe-link"
    link.symlink_to("nowhere")
    link.unlink()


def _change_mode(targets: Targets) -> None:
    targets.canary.chmod(0o600)


def _open_terminal(targets: Targets) -> None:
    del targets
    _open(Path("/dev/tty"), os.O_RDWR | os.O_NOCTTY)


def _make_socket(family: int, kind: int) -> Callable[[Targets], None]:
    def attempt(targets: Targets) -> None:
        del targets
        socket.socket(family, kind).close()

    return attempt


def _call(table: str, name: str, *arguments: int | None) -> Callable[[Targets], None]:
    def attempt(targets: Targets) -> None:
        del targets
        if not is_known_machine():
            raise OSError(errno.ENOTSUP, "no table of system calls for this processor")
        kernel.call(numbers(table)[name], *arguments)

    return attempt


def _io_uring(targets: Targets) -> None:
    del targets
    ring = ctypes.create_string_buffer(120)
    # No entries: EINVAL follows the permission check.
    kernel.call(numbers(KERNEL_SURFACE)["io_uring_setup"], 0, ring)


def _signal(whom: Callable[[], int]) -> Callable[[Targets], None]:
    def attempt(targets: Targets) -> None:
        del targets
        os.kill(whom(), 0)

    return attempt


def _raise_limit(targets: Targets) -> None:
    del targets
    before = resource.getrlimit(resource.RLIMIT_CORE)
    everything = resource.RLIM_INFINITY
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (before[0], everything))
    except ValueError as error:  # how Python reports the kernel's EPERM here
        raise OSError(errno.EPERM, str(error)) from error
    resource.setrlimit(resource.RLIMIT_CORE, before)


_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR})

PROBES = (
    Probe("read-outside", True, _read_outside),
    Probe("read-parent-environ", True, _read_parent_environ, _NOT_THERE),
    Probe("read-init-environ", True, _read_init_environ, _NOT_THERE),
    Probe("write-outside", False, _write_outside),
    Probe("create-outside", False, _create_outside),
    Probe("create-in-shared-memory", False, _create_in_shared_memory, _NOT_THERE),
    Probe("make-symlink", False, _make_symlink),
    Probe("change-mode", False, _change_mode),
    Probe("open-terminal", False, _open_terminal, _NOT_THERE),
    Probe("tcp-socket", False, _make_socket(socket.AF_INET, socket.SOCK_STREAM)),
    Probe("udp-socket", False, _make_socket(socket.AF_INET, socket.SOCK_DGRAM)),
    Probe("unix-socket", False, _make_socket(socket.AF_UNIX, socket.SOCK_STREAM)),
    Probe("execute", False, _call(PROCESS_START, "execve", None, None, None)),
    Probe("execute-handle", False, _call(PROCESS_START, "execveat", -1, None, None, None, 0)),
    Probe("fork", False, _call(JUDGED_BY_ARGUMENT, "clone", _SIGHAND_WITHOUT_VM, 0, 0, 0, 0)),
    Probe("signal-parent", False, _signal(os.getppid)),
    Probe("signal-everyone", False, _signal(lambda: -1)),
    Probe("trace", False, _call(OTHER_PROCESSES, "ptrace", 16, _NO_PID, 0, 0)),
    Probe("io-uring", False, _io_uring),
    Probe("new-namespace", False, _call(MOUNTS_AND_NAMESPACES, "unshare", 0)),
    Probe("load-bpf", False, _call(KERNEL_SURFACE, "bpf", 0x7FFF, None, 0)),
    Probe("shared-memory", False, _call(SHARED_MEMORY, "shmget", _NO_KEY, 0, 0)),
    Probe("mount", False, _call(MOUNTS_AND_NAMESPACES, "mount", None, None, None, 0, None)),
    Probe("raise-limit", False, _raise_limit),
)
"""All forbidden actions."""
