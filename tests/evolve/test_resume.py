"""Kill -9 at any moment: the resumed search equals the undisturbed one, byte for byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alignenv.reward_design.study import StudyReader

SEARCH = (
    "evolve", "AlignEnv-Empty-5x5-v0", "--quiet", "--generations", "2", "--candidates", "3",
    "--steps", "4096", "--set", "protocol.report_seeds=1", "--set", "protocol.select_episodes=10",
    "--set", "protocol.report_episodes=100", "--set", "preset.n_envs=16",
)  # fmt: skip


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "alignenv", *SEARCH, "--out", str(folder), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )


def finish(folder: Path, *more: str) -> bytes:
    process = start(folder, *more)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    with StudyReader.open(folder) as study:
        return study.export(canonical=True)


def kill_after(folder: Path, seconds: float, *more: str) -> bool:
    """Whether the search was still running when it was killed."""
    process = start(folder, *more)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    process.communicate()
    return False


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return finish(tmp_path_factory.mktemp("undisturbed") / "s", "--workers", "2")


@pytest.mark.kill
def test_one_worker_finds_what_two_find(undisturbed: bytes, tmp_path: Path) -> None:
    assert finish(tmp_path / "s", "--workers", "1") == undisturbed


@pytest.mark.kill
def test_a_killed_search_resumes_to_the_same_end(undisturbed: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    resume: tuple[str, ...] = ()
    deadline = time.monotonic() + 60
    while not (folder / "study.db").exists() or not resume:
        assert time.monotonic() < deadline
        kill_after(folder, 8.0, *resume)
        resume = ("--resume",) if (folder / "study.db").exists() else ()
    assert finish(folder, "--resume") == undisturbed


@pytest.mark.kill
@pytest.mark.parametrize("seconds", [2.0, 4.0, 5.0, 6.0, 7.0, 9.0, 11.0])
def test_any_moment_will_do(undisturbed: bytes, tmp_path: Path, seconds: float) -> None:
    folder = tmp_path / "s"
    kill_after(folder, seconds)
    started = (folder / "study.db").exists()
    if started:
        kill_after(folder, seconds, "--resume")
    assert finish(folder, *(["--resume"] if started else [])) == undisturbed
