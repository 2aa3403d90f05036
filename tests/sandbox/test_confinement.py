"""What a program that has taken over its worker can and cannot do."""

import errno
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from alignenv.reward_design.sandbox import JobResult, Pool
from alignenv.reward_design.sandbox.tiers import KERNEL

FORBIDDEN = (
    "execute",
    "subprocess",
    "spawn",
    "write",
    "append",
    "truncate",
    "truncate on read",
    "remove",
    "rename",
    "pull in",
    "hard link",
    "chmod",
    "chown",
    "touch",
    "xattr",
    "folder",
    "symlink",
    "pipe",
    "connect",
    "look up",
    "outlive the parent",
    "signal by file",
    "own limits",
    "nice of the parent",
    "cores of the parent",
    "kill group 1",
    "anonymous file",
)
FORBIDDEN_BY_PATH = ("read", "parent's memory", "own memory", "own map", "chmod on read")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("sk-canary")
    return path


def _attempt(run: Callable[..., JobResult], secret: Path, names: tuple[str, ...]) -> dict[str, str]:
    before = secret.stat()
    result = run("try_each", file=str(secret), names=list(names))
    assert result.ok, result
    after = secret.stat()
    assert secret.read_text() == "sk-canary"
    assert (before.st_mode, before.st_mtime_ns) == (after.st_mode, after.st_mtime_ns)
    assert list(secret.parent.iterdir()) == [secret]
    (came,) = result.messages
    return came


def test_every_way_out_is_shut(run: Callable[..., JobResult], pool: Pool, secret: Path) -> None:
    assert pool.tier == KERNEL
    came = _attempt(run, secret, FORBIDDEN + FORBIDDEN_BY_PATH)
    assert {name for name, what in came.items() if what == "allowed"} == set()


def test_filter_alone_shuts_every_way_to_change_anything(
    run_on: Callable[..., JobResult], secret: Path
) -> None:
    layers = ("seccomp", "network", "capabilities")
    with Pool(1, preload=("hostile_jobs",), layers=layers) as pool:
        came = _attempt(partial(run_on, pool), secret, FORBIDDEN)
    assert {name for name, what in came.items() if what == "allowed"} == set()


@pytest.mark.parametrize("how", ["fork", "raw"])
def test_fork_bomb_does_not_fork_once(run: Callable[..., JobResult], how: str) -> None:
    has_fork_call = platform.machine() == "x86_64"
    result = run("fork_bomb", how=how, number=57 if has_fork_call else 1079)
    assert result.ok, result
    refusal = errno.EPERM if has_fork_call or how == "fork" else errno.ENOSYS
    assert result.messages == [{"came": f"0 then {refusal}"}]


def test_threads_of_the_env_are_bound_by_the_second_stage(run: Callable[..., JobResult]) -> None:
    result = run("old thread")
    assert result.ok, result
    assert result.messages == [{"came": "PermissionError"}]


def test_honest_work_in_the_own_folder_goes_on(run: Callable[..., JobResult]) -> None:
    result = run("use_own_folder")
    assert result.ok, result
    (told,) = result.messages
    assert set(told) == {"cwd", "HOME", "TMPDIR", "temp"}
    assert len(set(told.values())) == 1
    assert not Path(told["cwd"]).exists(), "the folder goes with its job"


def test_helper_processes_run_while_the_env_is_built(run: Callable[..., JobResult]) -> None:
    result = run("helper")
    assert result.ok, result.log
    assert result.messages == [{"from prepare": "42"}]


def test_processes_left_by_the_env_end_with_the_job(run: Callable[..., JobResult]) -> None:
    result = run("leave child")
    assert result.ok, result
    status = Path(f"/proc/{result.messages[0]['from prepare']}/stat")
    deadline = time.monotonic() + 1.0
    while status.exists() and ") Z " not in status.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_workers_hash_alike(run: Callable[..., JobResult]) -> None:
    first, second = run("tell_hash"), run("tell_hash")
    assert first.messages == second.messages
    assert first.messages[0]["threads"] == "1"
