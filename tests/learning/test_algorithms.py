"""Other algorithms learn by their presets what the human reward pays for."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.training import TrainRequest, train_reward
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef


@pytest.mark.learning
@pytest.mark.parametrize(
    ("task", "algorithm"),
    [
        ("AlignEnv-DoorKey-5x5-v0", "DQN"),
        ("AlignEnv-Unlock-v0", "DQN"),
        ("AlignEnv-ArmReach-v0", "SAC"),
        ("AlignEnv-Drawer-v0", "SAC"),
    ],
)
def test_the_human_reward_teaches(task: str, algorithm: str) -> None:
    request = TrainRequest(
        ref=EnvRef(id=task), reward="human", seeds=1, preset={"algorithm": algorithm}
    )
    arm, preset = train_reward(request, SilentView(), n_workers=1, isolation="auto")
    assert preset.algorithm == algorithm
    assert arm.success >= 0.8
