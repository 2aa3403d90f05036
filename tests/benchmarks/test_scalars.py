"""TensorBoard scalars: what workers say stands in the files, under Stable-Baselines3's tags."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import ValidationError
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from alignenv.benchmarks.evaluator import Outcome
from alignenv.benchmarks.scalars import open_scalars
from alignenv.errors import ConfigError
from alignenv.types import CurvePoint, Score

POINT = CurvePoint(
    env_steps=64, success=None, designed_return=1.5, length=20.0, components={"goal": 0.5}
)
LOSSES = {"kind": "losses", "env_steps": 64, "losses": {"value_loss": 0.25}}
SCORE = Score(success=0.75, success_greedy=0.5, milestones=1.0, mean_length=20.0, n_episodes=100)
PATH = ("Task-v0", "human", "PPO")


def scalars(run: Path) -> dict[str, list[tuple[int, float]]]:
    events = EventAccumulator(str(run))
    events.Reload()
    return {
        tag: [(one.step, one.value) for one in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }


def test_messages_become_scalars(tmp_path: Path) -> None:
    with open_scalars(tmp_path, PATH) as log:
        assert log is not None
        log.heard("0/seed1", {"kind": "point", **asdict(POINT)})
        log.heard("0/seed1", LOSSES)
        log.heard("0/seed1", {"kind": "alive"})
        log.scored("seed1", Outcome(score=SCORE, env_steps=128))
        log.scored("seed2", Outcome())
    assert scalars(tmp_path.joinpath(*PATH, "seed1")) == {
        "rollout/ep_rew_mean": [(64, 1.5)],
        "rollout/ep_len_mean": [(64, 20.0)],
        "components/goal": [(64, 0.5)],
        "train/value_loss": [(64, 0.25)],
        "evaluation/success": [(128, 0.75)],
        "evaluation/success_greedy": [(128, 0.5)],
    }
    assert not tmp_path.joinpath(*PATH, "seed2").exists()
    with (
        pytest.raises(ConfigError, match="Name another folder"),
        open_scalars(tmp_path, PATH),
    ):
        pass


def test_what_is_no_number_is_not_written(tmp_path: Path) -> None:
    with open_scalars(tmp_path, PATH) as log:
        assert log is not None
        with pytest.raises(ValidationError):
            log.heard("seed0", {**LOSSES, "losses": {"value_loss": "much"}})


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with (
        pytest.raises(ConfigError, match=r"pip install alignenv\[tensorboard\]"),
        open_scalars(tmp_path, PATH),
    ):
        pass


def test_no_folder_no_scalars() -> None:
    with open_scalars(None, PATH) as log:
        assert log is None
