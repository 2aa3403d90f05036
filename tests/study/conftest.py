from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alignenv.reward_design.study import Study, StudySettings


@pytest.fixture
def settings() -> StudySettings:
    return StudySettings(
        env_id="AlignEnv-DoorKey-8x8-v0",
        task="Fetch the key, open the door, reach the goal.",
        seed=7,
        generations=2,
        candidates=3,
        protocol={"rung": 0.5, "layer": "replace", "seeds": [1, 2]},
        versions={"alignenv": "0.1.0", "numpy": "2.4.6"},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "study"


@pytest.fixture
def study(folder: Path, settings: StudySettings) -> Iterator[Study]:
    with Study.create(folder, settings) as opened:
        yield opened
