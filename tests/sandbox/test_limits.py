"""Every limit has a job that exceeds it and comes back typed; nothing else is disturbed."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design.sandbox import Job, JobResult, Limits, Pool
from alignenv.reward_design.sandbox.limits import KINDS, MIB
from alignenv.reward_design.sandbox.usage import Disk
from alignenv.reward_design.sandbox.watch import Watch
from alignenv.types import FailureKind

TIMEOUT, MEMORY, CRASH = FailureKind.TIMEOUT, FailureKind.MEMORY, FailureKind.CRASH

EXCESSES: list[tuple[str, dict[str, Any], Limits, FailureKind, str]] = [
    ("spin", {"talk": True}, Limits(wall_s=1.0), TIMEOUT, "W001"),
    ("grow_heap", {}, Limits(memory_bytes=600 * MIB), MEMORY, "W002"),
    ("grow_shared_map", {}, Limits(resident_bytes=300 * MIB), MEMORY, "W002"),
    ("spin", {}, Limits(cpu_s=0.5), TIMEOUT, "W003"),
    ("abort", {}, Limits(), CRASH, "W004"),
    ("segfault", {}, Limits(), CRASH, "W004"),
    ("leave", {"status": 0}, Limits(), CRASH, "W004"),
    ("leave", {"status": 3}, Limits(), CRASH, "W004"),
    ("print_much", {}, Limits(log_bytes=MIB), CRASH, "W005"),
    ("send_much", {}, Limits(message_bytes=MIB), CRASH, "W005"),
    ("send_large_arrays", {}, Limits(array_bytes=8 * MIB), CRASH, "W005"),
    ("write_large_file", {}, Limits(file_bytes=4 * MIB), CRASH, "W006"),
    ("fill_folder", {}, Limits(disk_bytes=16 * MIB), CRASH, "W006"),
    ("fill_folder", {"delete": True}, Limits(disk_bytes=16 * MIB), CRASH, "W006"),
    ("make_many_files", {}, Limits(n_files=1000), CRASH, "W006"),
    ("sleep", {}, Limits(stall_s=0.5), TIMEOUT, "W007"),
    ("stop_self", {}, Limits(stall_s=0.5), TIMEOUT, "W007"),
]


@pytest.mark.parametrize(
    ("action", "payload", "limits", "kind", "code"),
    EXCESSES,
    ids=[f"{code}-{action}-{i}" for i, (action, _, _, _, code) in enumerate(EXCESSES)],
)
def test_excess_comes_back_typed(
    run: Callable[..., JobResult],
    action: str,
    payload: dict[str, Any],
    limits: Limits,
    kind: FailureKind,
    code: str,
) -> None:
    result = run(action, limits, **payload)
    assert not result.ok
    assert result.failure is not None
    assert (result.failure.kind, result.failure.code) == (kind, code), result.failure
    assert result.wall_s < 15.0
    assert result.tier


def test_what_was_sent_before_the_limit_is_kept(run: Callable[..., JobResult]) -> None:
    result = run("spin", Limits(wall_s=1.0), talk=True)
    assert result.messages[-1] == {"kind": "point", "env_steps": 128}
    assert result.wall_s < 2.0, "a second from the limit to the end of the group"


def test_crash_leaves_its_trace_to_humans_only(run: Callable[..., JobResult]) -> None:
    result = run("abort")
    assert result.failure is not None
    assert result.failure.message == "It crashed: SIGABRT."
    assert "hostile_jobs.py" in result.log


def test_processor_time_is_reported(run: Callable[..., JobResult]) -> None:
    busy, idle = run("spin", Limits(wall_s=0.5)), run("sleep", s=0.5)
    assert idle.ok
    assert idle.cpu_s < busy.cpu_s < busy.wall_s + 0.1


def test_crash_before_the_program_is_not_its_fault(run: Callable[..., JobResult]) -> None:
    result = run("abort in prepare")
    assert result.failure is not None
    assert result.failure.kind is FailureKind.INFRASTRUCTURE
    assert "SIGABRT" in result.failure.message


def test_neighbours_of_a_killed_job_are_not_disturbed(pool: Pool) -> None:
    def job(name: str, action: str, limits: Limits) -> Job:
        return Job(id=name, entry="hostile_jobs:ACT", payload={"action": action}, limits=limits)

    victim = job("victim", "spin", Limits(wall_s=0.5))
    crash = job("crash", "abort", Limits())
    steady = Job(
        id="steady",
        entry="alignenv.testing.executor_jobs:COUNT",
        payload={"n": 20, "pause_s": 0.05},
    )
    results = pool.map([victim, steady, crash])
    assert [r.job_id for r in results] == ["victim", "steady", "crash"]
    assert [r.failure.code if r.failure else "" for r in results] == ["W001", "", "W004"]
    assert [message["i"] for message in results[1].messages] == list(range(20))


def test_running_job_ends_when_cancelled(pool: Pool) -> None:
    pool.submit(Job(id="long", entry="hostile_jobs:ACT", payload={"action": "tell_pids"}))
    told = pool.next_event(timeout=20.0)
    assert told is not None
    assert told.message is not None
    begun = time.monotonic()
    pool.cancel("long")
    done = pool.next_event(timeout=20.0)
    assert done is not None
    assert done.result is not None
    assert done.result.cancelled
    assert time.monotonic() - begun < 1.0
    assert not Path(f"/proc/{told.message['worker']}").exists()


def test_limits_hold_while_nobody_listens(pool: Pool) -> None:
    limits = Limits(wall_s=0.3)
    payload = {"action": "tell_pids"}
    pool.submit(Job(id="deaf", entry="hostile_jobs:ACT", payload=payload, limits=limits))
    told = pool.next_event(timeout=20.0)
    assert told is not None
    assert told.message is not None
    deadline = time.monotonic() + 2.0
    worker = Path(f"/proc/{told.message['worker']}")
    while worker.exists():
        assert time.monotonic() < deadline, "it lived on while the pool's owner was busy"
        time.sleep(0.02)
    done = pool.next_event(timeout=5.0)
    assert done is not None
    assert done.kind == "done"


def test_folder_that_cannot_be_listed_counts_as_full(
    run: Callable[..., JobResult], tmp_path: Path
) -> None:
    result = run("hide_folder", Limits(wall_s=1.0), s=60.0)
    assert result.failure is not None
    assert result.failure.code == ("W001" if _may_list_anything(tmp_path) else "W006")


def test_folder_that_cannot_be_listed_is_removed(
    run_on: Callable[..., JobResult], tmp_path: Path
) -> None:
    with Pool(1, preload=("hostile_jobs",), run_dir=tmp_path) as pool:
        run_on(pool, "hide_folder", s=0.0)
        assert not list(tmp_path.glob("*/w*"))
    assert not list(tmp_path.iterdir())


def _may_list_anything(folder: Path) -> bool:
    closed = folder / "closed"
    closed.mkdir(0o300)
    try:
        return list(closed.iterdir()) == []
    except PermissionError:
        return False
    finally:
        closed.rmdir()


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf")])
def test_limits_are_finite_and_positive(value: float) -> None:
    with pytest.raises(ConfigError, match="wall_s must be finite and positive"):
        Limits(wall_s=value)


def test_every_code_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "safety.md").read_text()
    assert [code for code in KINDS if f"| {code} |" not in page] == []


class TestWatch:
    LIMITS = Limits(wall_s=10.0, stall_s=2.0, resident_bytes=100, disk_bytes=50, n_files=3)

    def test_silence_counts_from_the_moment_the_program_is_let_in(self) -> None:
        watch = Watch(self.LIMITS, now=100.0)
        assert watch.check_clock(109.0) is None
        watch.hear(103.0)
        assert watch.check_clock(105.0) is None
        stalled = watch.check_clock(105.1)
        assert stalled is not None
        assert stalled.code == "W007"

    def test_wall_time_comes_first(self) -> None:
        watch = Watch(self.LIMITS, now=100.0)
        watch.hear(101.0)
        late = watch.check_clock(110.5)
        assert late is not None
        assert late.code == "W001"
        assert "10 s" in late.message

    def test_limits_themselves_are_allowed(self) -> None:
        watch = Watch(self.LIMITS, now=0.0)
        assert watch.check_memory(100) is None
        assert watch.check_disk(Disk(50, 3)) is None
        full, crowded = watch.check_disk(Disk(51, 0)), watch.check_disk(Disk(0, 4))
        assert full is not None
        assert crowded is not None
        assert {full.code, crowded.code} == {"W006"}
