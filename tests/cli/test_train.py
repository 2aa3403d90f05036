"""`alignenv train`: another algorithm by its name, and scalars of what it learned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.agents.policy_file import load_policy

Run = Callable[..., Any]

ROOM = "AlignEnv-Empty-5x5-v0"


@pytest.mark.whole
def test_another_algorithm_is_trained_told_logged_and_played(alignenv: Run, tmp_path: Path) -> None:
    run = alignenv(
        "train", ROOM, "--algorithm", "DQN", "--seeds", 1, "--steps", 4096, "--workers", 1,
        "--out", "p", "--tensorboard", "tb", "--json",
    )  # fmt: skip
    assert run.code == 0, run.err
    assert (run.document["algorithm"], run.document["env_steps"]) == ("DQN", 4096)
    assert load_policy(tmp_path / "p" / "policy-0.npz").preset.algorithm == "DQN"
    assert len(list((tmp_path / "tb" / ROOM / "human" / "DQN" / "seed0").iterdir())) == 1
    played = alignenv("play", ROOM, "--policy", "p/policy-0.npz", "--json")
    assert played.document["length"] > 0


def test_an_algorithm_for_other_actions_is_refused(quick_alignenv: Run) -> None:
    run = quick_alignenv("train", ROOM, "--algorithm", "SAC", "--json")
    assert run.code == 2
    assert "It has some for PPO, DQN" in run.document["error"]["cure"]
