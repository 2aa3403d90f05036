"""kill -9 at any moment loses nothing that was recorded, and resuming ends the same."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from alignenv.reward_design.study import StudyReader

CRASHES = Path(__file__).with_name("crashes.py")


def kill_and_resume(folder: Path, *, seed: int, n_kills: int) -> None:
    search = runpy.run_path(str(CRASHES))["search"]
    search(folder / "undisturbed", folder / "acknowledged")
    with StudyReader.open(folder / "undisturbed") as study:
        undisturbed = study.export(canonical=True)
        assert len(study.trials()) == 20
    command = [sys.executable, str(CRASHES), str(folder), str(seed), str(n_kills)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    verdict = json.loads(done.stdout)
    assert verdict["kills"] >= n_kills
    assert verdict["lost"] == 0
    assert not list(folder.rglob("*.tmp"))
    for number in range(verdict["rounds"]):
        with StudyReader.open(folder / f"study{number}") as study:
            assert study.export(canonical=True) == undisturbed
            assert study.summary() is not None


def test_kills_lose_nothing_and_change_nothing(tmp_path):
    kill_and_resume(tmp_path, seed=1, n_kills=12)


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(5))
def test_many_kills_lose_nothing_and_change_nothing(tmp_path, seed):
    kill_and_resume(tmp_path, seed=100 + seed, n_kills=100)
