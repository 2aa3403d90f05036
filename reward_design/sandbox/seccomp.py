"""The system call filter, written as a classic BPF program and applied to every thread.

Two stages, since filters only add up: the first holds while trusted code builds the env (which may
start a helper process), the second also forbids new processes and is in force before the program
is read. Refused calls fail with EPERM, so that libraries can go on; calls of another architecture
kill the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable

from alignenv.reward_design.sandbox import kernel, syscalls
from alignenv.reward_design.sandbox.syscalls import numbers

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
REFUSE, ABSENT = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS

_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000

# Namespace flags of clone(2), and the flag that tells a thread from a process.
_NEW_NAMESPACES, _THREAD = 0x7E020000, 0x00010000
_KEEP_PERSONALITY = 0xFFFFFFFF
# fcntl(2) and ioctl(2) commands that make the kernel signal others, type into a terminal, or
# change a file's flags.
_FCNTL_REFUSED = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
_IOCTL_REFUSED = (0x5412, 0x541C, 0x540E, 0x5410, 0x8901, 0x8902, 0x40086602, 0x401C5820)
# open(2): write access, O_CREAT, O_TRUNC, O_TMPFILE; and O_TRUNC alone, which Landlock before
# ABI 3 lets pass on a file opened for reading.
_OPEN_TO_CHANGE, _OPEN_TRUNCATE = 0o3 | 0o100 | 0o1000 | 0o20000000, 0o1000

Instruction = tuple[int, int, int, int]


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _end(verdict: int) -> Instruction:
    return (_RETURN, 0, 0, verdict)


def _on(number: int, body: list[Instruction]) -> list[Instruction]:
    """Run `body`, which ends in a verdict, if the call is `number`."""
    return [(_IF_EQUAL, 0, len(body), number), *body]


class Filter:
    """A filter under construction; rules are tried in the order added, then the call is allowed.

    Args:
        machine: `x86_64` or `aarch64`.
    """

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._code: list[Instruction] = [
            _load(_ARCH_AT),
            (_IF_EQUAL, 1, 0, syscalls.AUDIT_ARCH[machine]),
            _end(_KILL),
            _load(_NUMBER_AT),
        ]
        if machine == "x86_64":
            self._code += [(_IF_AT_LEAST, 0, 1, _X32), _end(_KILL)]

    def refuse(self, table: str, verdict: int = REFUSE) -> None:
        """Refuse every call of a group."""
        for number in numbers(table, self._machine).values():
            self._code += _on(number, [_end(verdict)])

    def refuse_newer_than(self, last: int) -> None:
        """Refuse calls that the tables do not know."""
        self._code += [(_IF_AT_LEAST, 0, 1, last + 1), _end(ABSENT)]

    def _judge(self, name: str, argument: int, tests: list[Instruction]) -> None:
        number = numbers(syscalls.JUDGED_BY_ARGUMENT, self._machine).get(name)
        if number is not None:
            # The low half: every argument judged here is 32 bits wide to the kernel.
            self._code += _on(number, [_load(_ARGUMENTS_AT + 8 * argument), *tests])

    def allow_only(self, name: str, argument: int, values: Iterable[int]) -> None:
        """Refuse a call unless one argument is among `values`."""
        tests = [i for v in values for i in ((_IF_EQUAL, 0, 1, v), _end(_ALLOW))]
        self._judge(name, argument, [*tests, _end(REFUSE)])

    def refuse_values(self, name: str, argument: int, values: Iterable[int]) -> None:
        """Refuse a call if one argument is among `values`."""
        tests = [i for v in values for i in ((_IF_EQUAL, 0, 1, v), _end(REFUSE))]
        self._judge(name, argument, [*tests, _end(_ALLOW)])

    def refuse_bits(self, name: str, argument: int, mask: int) -> None:
        """Refuse a call if one argument has any bit of `mask`."""
        self._judge(name, argument, [(_IF_ANY_BIT, 0, 1, mask), _end(REFUSE), _end(_ALLOW)])

    def require_bits(self, name: str, argument: int, mask: int) -> None:
        """Refuse a call unless one argument has a bit of `mask`."""
        self._judge(name, argument, [(_IF_ANY_BIT, 1, 0, mask), _end(REFUSE), _end(_ALLOW)])

    def to_bytes(self) -> bytes:
        """The finished program."""
        code = [*self._code, _end(_ALLOW)]
        return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def first_stage(machine: str, pid: int, landlock_abi: int) -> bytes:
    """The filter under which the env is built.

    Args:
        machine: `x86_64` or `aarch64`.
        pid: The worker's, the only process it may signal.
        landlock_abi: What Landlock covers already; 0 when it is absent.
    """
    rules = Filter(machine)
    for table in syscalls.ALWAYS_REFUSED:
        rules.refuse(table)
    rules.refuse("clone3 435 435", ABSENT)  # its flags are in memory; libraries go back to clone
    own = (0, pid)
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64"):
        rules.allow_only(name, 0, own)
    for name in ("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"):
        rules.allow_only(name, 0, own)
    rules.allow_only("personality", 0, (_KEEP_PERSONALITY,))
    rules.refuse_values("prctl", 0, (kernel.PR_SET_PDEATHSIG,))
    rules.refuse_values("ioctl", 1, _IOCTL_REFUSED)
    rules.refuse_values("fcntl", 1, _FCNTL_REFUSED)
    rules.refuse_bits("clone", 0, _NEW_NAMESPACES)
    if 0 < landlock_abi < 3:
        rules.refuse("truncate 76 45")
        rules.refuse("openat2 437 437", ABSENT)
        rules.refuse_bits("open", 1, _OPEN_TRUNCATE)
        rules.refuse_bits("openat", 2, _OPEN_TRUNCATE)
    rules.refuse_newer_than(syscalls.LAST_KNOWN)
    return rules.to_bytes()


def second_stage(machine: str, landlock_abi: int) -> bytes:
    """The filter under which the program runs.

    It refuses new processes and, where Landlock is missing, every change of a file.
    """
    rules = Filter(machine)
    rules.refuse(syscalls.PROCESS_START)
    rules.require_bits("clone", 0, _THREAD)
    if landlock_abi == 0:
        rules.refuse(syscalls.FILE_CHANGES)
        rules.refuse_bits("open", 1, _OPEN_TO_CHANGE)
        rules.refuse_bits("openat", 2, _OPEN_TO_CHANGE)
    return rules.to_bytes()


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def install(code: bytes) -> None:
    """Put a filter on every thread of this process, for good.

    Raises:
        OSError: The kernel refused, or a thread could not be reached.
    """
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    number = numbers(syscalls.OWN_USE)["seccomp"]
    left_out = kernel.call(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))
    if left_out:
        raise OSError(errno.EBUSY, f"thread {left_out} could not be put under the filter")


def is_available() -> bool:
    """Whether this kernel and processor can be filtered, without filtering anything."""
    if not kernel.is_linux() or not syscalls.is_known_machine():
        return False
    try:
        # A filter at address 0: EFAULT tells that the kernel would have read it.
        kernel.call(numbers(syscalls.OWN_USE)["seccomp"], _SET_MODE_FILTER, 0, None)
    except OSError as error:
        return error.errno == errno.EFAULT
    return False


def machine() -> str:
    """This processor's name in the tables."""
    return platform.machine()


def own_first_stage(landlock_abi: int) -> None:
    """Apply the first stage to this process."""
    install(first_stage(machine(), os.getpid(), landlock_abi))


def own_second_stage(landlock_abi: int) -> None:
    """Apply the second stage to this process."""
    install(second_stage(machine(), landlock_abi))
