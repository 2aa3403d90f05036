"""The template: what it imports, what it refuses, and how everything ends with its pool."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox import Job, JobResult, Limits, Pool
from alignenv.types import FailureKind

HERE = str(Path(__file__).parent)

OWNER = """
import os, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from alignenv.reward_design.sandbox import Job, Pool
pool = Pool({n}, preload=("hostile_jobs",), run_dir=Path({folder!r}), start={start!r})
with pool:
    for i in range({n}):
        action = "tell_pids" if i % 2 == 0 else "spin"
        payload = dict(action=action)
        pool.submit(Job(id=str(i), entry="hostile_jobs:ACT", payload=payload))
    told = []
    while len(told) < ({n} + 1) // 2:
        told.append(pool.next_event().message)
    print(*{{pid for message in told for pid in message.values()}} - {{os.getpid()}}, flush=True)
    pool.next_event()
"""


def _is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _session_members(leaders: set[int]) -> set[int]:
    """Processes alive in the sessions of `leaders`."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) in leaders:
            found.add(int(entry.parent.name))
    return found


def _children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], set[int]]]]:
    """Start a process that owns a pool with busy workers; its pid list has all of them."""
    started: list[subprocess.Popen[str]] = []

    def start(n: int = 2, start: str = "fork") -> tuple[subprocess.Popen[str], set[int]]:
        code = OWNER.format(here=HERE, n=n, folder=str(tmp_path), start=start)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        pids = {int(pid) for pid in process.stdout.readline().split()}
        assert pids
        return process, pids

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _assert_all_end(pids: set[int], within_s: float = 1.0) -> None:
    deadline = time.monotonic() + within_s
    while alive := {pid for pid in pids if _is_alive(pid)} | _session_members(pids):
        assert time.monotonic() < deadline, f"still alive: {alive}"
        time.sleep(0.01)


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_nothing_outlives_a_pool_killed_by_force(
    owner: Callable[..., tuple[subprocess.Popen[str], set[int]]], start: str, tmp_path: Path
) -> None:
    process, pids = owner(2, start)
    assert all(map(_is_alive, pids))
    process.send_signal(signal.SIGKILL)
    process.wait()
    _assert_all_end(pids)
    if start == "fork":
        assert list(tmp_path.iterdir()) == [], "the template clears up for its pool"


@pytest.mark.kill
def test_nothing_outlives_many_pools_killed_at_any_moment(
    owner: Callable[..., tuple[subprocess.Popen[str], set[int]]],
) -> None:
    for n in (1, 2, 3, 4, 5, 6):
        process, pids = owner(n)
        time.sleep(0.03 * n)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _assert_all_end(pids)


def test_interrupt_ends_everything(
    owner: Callable[..., tuple[subprocess.Popen[str], set[int]]], tmp_path: Path
) -> None:
    process, pids = owner(2)
    process.send_signal(signal.SIGTERM)
    process.wait()
    _assert_all_end(pids)


def test_pool_outlives_the_thread_that_opened_it(run_on: Callable[..., JobResult]) -> None:
    pool = Pool(1, preload=("hostile_jobs",))
    thread = threading.Thread(target=pool.start)
    thread.start()
    thread.join()
    with pool:
        time.sleep(0.1)
        assert run_on(pool, "use_own_folder").ok


def test_lost_template_costs_its_jobs_and_is_replaced(
    run_on: Callable[..., JobResult],
) -> None:
    with Pool(2, preload=("hostile_jobs",)) as pool:
        for name in "ab":
            payload = {"action": "tell_pids"}
            pool.submit(Job(id=name, entry="hostile_jobs:ACT", payload=payload))
        messages = [
            event.message for event in (pool.next_event(20.0), pool.next_event(20.0)) if event
        ]
        pids = {pid for message in messages if message for pid in message.values()}
        assert len(pids) == 3
        os.kill(messages[0]["template"], signal.SIGKILL)  # type: ignore[index]
        ends = [pool.next_event(timeout=20.0), pool.next_event(timeout=20.0)]
        for event in ends:
            assert event is not None
            assert event.result is not None
            assert event.result.failure is not None
            assert event.result.failure.kind is FailureKind.INFRASTRUCTURE
            assert event.result.messages
        _assert_all_end(pids)
        assert run_on(pool, "use_own_folder").ok


def test_nothing_is_left_open_or_behind(run_on: Callable[..., JobResult], tmp_path: Path) -> None:
    def n_handles() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    n_before, threads, children = n_handles(), threading.active_count(), _children()
    with Pool(3, preload=("hostile_jobs",), run_dir=tmp_path) as pool:
        n_open = n_handles()
        for _ in range(3):
            run_on(pool, "abort")
            run_on(pool, "sleep", Limits(wall_s=0.1))
            assert run_on(pool, "use_own_folder").ok
        assert n_handles() == n_open
        assert len(list(tmp_path.glob("*/w*"))) == 0
    assert n_handles() == n_before
    assert threading.active_count() == threads
    assert list(tmp_path.iterdir()) == []
    assert _children() == children


def test_failed_import_names_the_module() -> None:
    with pytest.raises(MachineError, match="No module named 'no_such_module'"):
        Pool(1, preload=("no_such_module",)).start()


def test_template_with_threads_refuses_to_fork() -> None:
    pool = Pool(1, preload=("hostile_jobs",), warm_up=("hostile_jobs:start_thread",))
    with pytest.raises(MachineError, match="has 2 threads; it must have one"):
        pool.start()


def test_folder_that_cannot_be_made_is_a_machine_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="Workers need a folder"):
        Pool(1, run_dir=tmp_path / "file").start()


def test_spawned_workers_obey_the_same_rules(run_on: Callable[..., JobResult]) -> None:
    with Pool(2, preload=("hostile_jobs",), start="spawn") as pool:
        assert pool.describe().startswith("isolation: ")
        assert run_on(pool, "use_own_folder").ok
        crash = run_on(pool, "abort")
        late = run_on(pool, "spin", Limits(wall_s=2.0))
        tried = run_on(pool, "try_each", names=["subprocess", "symlink", "connect"])
    assert [r.failure.code for r in (crash, late) if r.failure] == ["W004", "W001"]
    assert "allowed" not in tried.messages[0].values()


def test_worker_starts_fast(pool: Pool) -> None:
    jobs = [
        Job(id=str(i), entry="alignenv.reward_design.sandbox.worker:SELF_TEST") for i in range(20)
    ]
    begun = time.process_time()
    results = pool.map(jobs)
    assert all(result.ok for result in results)
    # The goal is 50 ms of a quiet core; processor time does not mind a busy machine.
    cpu_s = sum(result.cpu_s for result in results) + time.process_time() - begun
    assert cpu_s / len(jobs) < 0.1


def test_importing_the_sandbox_is_cheap() -> None:
    code = (
        "import sys, alignenv.reward_design.sandbox\n"
        "print({'torch', 'numba', 'stable_baselines3', 'openai', 'pickle5'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()", done.stderr


def test_start_method_follows_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Pool(1)._start_method == "fork"
    monkeypatch.setattr("alignenv.reward_design.sandbox.kernel.is_linux", lambda: False)
    assert Pool(1)._start_method == "spawn"
