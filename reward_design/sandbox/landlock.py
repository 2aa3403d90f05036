"""Path rules: what a worker may read, run and write. Everything not granted is refused.

Landlock (docs.kernel.org/userspace-api/landlock.html) needs no privileges. It binds the thread
that asks and the threads made later, so it is applied while there is one thread.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alignenv.reward_design.sandbox import kernel
from alignenv.reward_design.sandbox.syscalls import OWN_USE, is_known_machine, numbers

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_ABI, _SCOPE_ABI = 4, 6
_BIND_AND_CONNECT, _UNIX_AND_SIGNALS = 3, 3
_PATH_RULE = 1

_READ = _READ_FILE | _READ_DIR
# No links, sockets, pipes or devices: the parent opens and removes these folders later.
_CHANGE = _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What a worker may do with paths; folders count with all that is below them.

    Attributes:
        read: Read files, list folders.
        listed: List folders; their files stay closed.
        run: Read and execute.
        devices: Read and write, without device control.
        change: Read, write, create and remove files and folders.
    """

    read: tuple[Path, ...] = ()
    listed: tuple[Path, ...] = ()
    run: tuple[Path, ...] = ()
    devices: tuple[Path, ...] = ()
    change: tuple[Path, ...] = ()

    def rules(self) -> Iterable[tuple[Sequence[Path], int]]:
        """Paths with the rights they get."""
        yield self.read, _READ
        yield self.listed, _READ_DIR
        yield self.run, _READ | _EXECUTE
        yield self.devices, _READ_FILE | _WRITE_FILE
        yield self.change, _READ | _CHANGE


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    if not kernel.is_linux() or not is_known_machine():
        return 0
    try:
        return kernel.call(numbers(OWN_USE)["landlock_create_ruleset"], None, 0, 1)
    except OSError:
        return 0


def restrict(grants: Grants) -> int:
    """Confine this thread to `grants` for good; paths that do not exist are passed over.

    Needs `no_new_privs`.

    Returns:
        The Landlock version in force.

    Raises:
        OSError: The kernel refused.
    """
    version = abi()
    handled = (1 << _RIGHTS_OF_ABI.get(version, 16)) - 1
    calls = numbers(OWN_USE)
    words = [handled]
    if version >= _TCP_ABI:
        words.append(_BIND_AND_CONNECT)
    if version >= _SCOPE_ABI:
        words.append(_UNIX_AND_SIGNALS)
    attributes = struct.pack(f"<{len(words)}Q", *words)
    ruleset = kernel.call(calls["landlock_create_ruleset"], attributes, len(attributes), 0)
    try:
        for paths, rights in grants.rules():
            for path in paths:
                _add_rule(calls["landlock_add_rule"], ruleset, path, rights & handled)
        kernel.call(calls["landlock_restrict_self"], ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _add_rule(number: int, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _FILE_RIGHTS
        if rights:
            rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, handle), 12)
            kernel.call(number, ruleset, _PATH_RULE, rule, 0)
    finally:
        os.close(handle)
