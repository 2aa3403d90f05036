"""The system call filter of both architectures, run by a small interpreter of BPF."""

import errno
import struct

import pytest

from alignenv.reward_design.sandbox import syscalls
from alignenv.reward_design.sandbox.seccomp import first_stage, second_stage

MACHINES = tuple(syscalls.AUDIT_ARCH)
ALLOW, KILL = 0x7FFF0000, 0x80000000
PID = 4242
FILTERS = {
    ("first", machine): first_stage(machine, PID, landlock_abi=7) for machine in MACHINES
} | {("second", machine): second_stage(machine, landlock_abi=7) for machine in MACHINES}


def _judge(code: bytes, machine: str, number: int, *arguments: int) -> int:
    """The verdict of a filter on one call."""
    words = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, syscalls.AUDIT_ARCH[machine], 0, *words)
    program = list(struct.iter_unpack("<HBBI", code))
    at, value = 0, 0
    while True:
        kind, if_true, if_false, k = program[at]
        at += 1
        if kind == 0x06:
            return int(k)
        if kind == 0x20:
            (value,) = struct.unpack_from("<I", data, k)
            continue
        holds = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[kind]
        at += if_true if holds else if_false


def _says(stage: str, machine: str, table: str, name: str, *arguments: int) -> str:
    verdict = _judge(
        FILTERS[stage, machine], machine, syscalls.numbers(table, machine)[name], *arguments
    )
    return "allow" if verdict == ALLOW else errno.errorcode[verdict & 0xFFFF]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("table", syscalls.ALWAYS_REFUSED)
def test_groups_are_refused_from_the_start(machine: str, table: str) -> None:
    calls = syscalls.numbers(table, machine)
    assert calls
    assert {_says("first", machine, table, name) for name in calls} == {"EPERM"}


@pytest.mark.parametrize("machine", MACHINES)
def test_only_the_second_stage_forbids_processes(machine: str) -> None:
    for name in syscalls.numbers(syscalls.PROCESS_START, machine):
        assert _says("first", machine, syscalls.PROCESS_START, name) == "allow"
        assert _says("second", machine, syscalls.PROCESS_START, name) == "EPERM"
    thread, process = 0x003D0F00, 0x01200011
    for stage, flags, verdict in (
        ("first", process, "allow"),
        ("first", process | 0x10000000, "EPERM"),
        ("second", process, "EPERM"),
        ("second", thread, "allow"),
    ):
        assert _says(stage, machine, syscalls.JUDGED_BY_ARGUMENT, "clone", flags) == verdict
    assert _says("first", machine, syscalls.JUDGED_BY_ARGUMENT, "clone3") == "ENOSYS"


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments", "verdict"),
    [
        ("kill", (PID, 9), "allow"),
        ("kill", (PID + 1, 0), "EPERM"),
        ("kill", (0xFFFFFFFF, 0), "EPERM"),
        ("tgkill", (PID, 5000, 6), "allow"),
        ("tgkill", (1, 1, 6), "EPERM"),
        ("prlimit64", (0, 7), "allow"),
        ("prlimit64", (1, 7), "EPERM"),
        ("sched_setaffinity", (0,), "allow"),
        ("sched_setaffinity", (PID + 1,), "EPERM"),
        ("personality", (0xFFFFFFFF,), "allow"),
        ("personality", (0x0040000,), "EPERM"),
        ("prctl", (1, 0), "EPERM"),
        ("prctl", (15, 0), "allow"),
        ("ioctl", (0, 0x5412), "EPERM"),
        ("ioctl", (0, 0x5401), "allow"),
        ("fcntl", (0, 8), "EPERM"),
        ("fcntl", (0, 1), "allow"),
    ],
)
def test_calls_are_judged_by_argument(
    machine: str, name: str, arguments: tuple[int, ...], verdict: str
) -> None:
    assert _says("first", machine, syscalls.JUDGED_BY_ARGUMENT, name, *arguments) == verdict


@pytest.mark.parametrize("machine", MACHINES)
def test_without_landlock_nothing_can_be_changed(machine: str) -> None:
    code = second_stage(machine, landlock_abi=0)
    for number in syscalls.numbers(syscalls.FILE_CHANGES, machine).values():
        assert _judge(code, machine, number) != ALLOW
    openat = syscalls.numbers(syscalls.JUDGED_BY_ARGUMENT, machine)["openat"]
    for flags in (0o1, 0o2, 0o100, 0o1000, 0o20200000, 0o2001):
        assert _judge(code, machine, openat, 0, 0, flags) != ALLOW
    assert _judge(code, machine, openat, 0, 0, 0o2000000) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("abi", "is_shut"), [(1, True), (2, True), (3, False), (7, False)])
def test_truncation_is_shut_where_landlock_is_too_old_for_it(
    machine: str, abi: int, is_shut: bool
) -> None:
    code = first_stage(machine, PID, abi)
    openat = syscalls.numbers(syscalls.JUDGED_BY_ARGUMENT, machine)["openat"]
    truncate = syscalls.numbers(syscalls.FILE_CHANGES, machine)["truncate"]
    verdicts = {_judge(code, machine, truncate), _judge(code, machine, openat, 0, 0, 0o1000)}
    assert (ALLOW not in verdicts) == is_shut


@pytest.mark.parametrize("machine", MACHINES)
def test_unknown_and_foreign_calls_are_refused(machine: str) -> None:
    code = FILTERS["first", machine]
    newest = syscalls.LAST_KNOWN + 1
    assert _judge(code, machine, newest) & 0xFFFF == errno.ENOSYS
    assert _judge(code, machine, 0) == ALLOW
    (other,) = set(MACHINES) - {machine}
    assert _judge(code, other, 0) == KILL
    if machine == "x86_64":
        assert _judge(code, machine, 0x40000000) == KILL


def test_numbers_are_unique_within_an_architecture() -> None:
    tables = (
        *syscalls.ALWAYS_REFUSED,
        syscalls.PROCESS_START,
        syscalls.FILE_CHANGES,
        syscalls.JUDGED_BY_ARGUMENT,
        syscalls.OWN_USE,
    )
    for machine in MACHINES:
        known = [n for table in tables for n in syscalls.numbers(table, machine).values()]
        assert len(known) == len(set(known))
        assert max(known) <= syscalls.LAST_KNOWN
