"""The cores that the faces stand on keep their contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alignenv.envs.make import EnvRef, make_batch
from alignenv.testing.envs import EnvContract

ONE_PER_LAYOUT = [
    "AlignEnv-Empty-Random-5x5-v0",
    "AlignEnv-FourRooms-v0",
    "AlignEnv-Unlock-v0",
    "AlignEnv-DoorKey-5x5-v0",
    "AlignEnv-MultiRoom-N2-S4-v0",
    "AlignEnv-LavaCrossingS9N1-v0",
]


class TestCorridor(EnvContract):
    @pytest.fixture(autouse=True)
    def _corridor(self, corridor: Callable[[int], Any]) -> None:
        self._build = corridor

    def make_batch(self, n_envs: int) -> Any:
        return self._build(n_envs)


@pytest.mark.parametrize("task_id", ONE_PER_LAYOUT, scope="class")
class TestGrid(EnvContract):
    @pytest.fixture(autouse=True)
    def _task(self, task_id: str) -> None:
        self._ref = EnvRef(id=task_id)

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(self._ref, n_envs)
