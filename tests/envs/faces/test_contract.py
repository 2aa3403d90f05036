"""The cores that the faces stand on keep their contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.suite import ROWS
from alignenv.testing.envs import EnvContract

SMALL = [row.id for row in ROWS if "N6" not in row.id and "16x16" not in row.id]


class TestCorridor(EnvContract):
    @pytest.fixture(autouse=True)
    def _corridor(self, corridor: Callable[[int], Any]) -> None:
        self._build = corridor

    def make_batch(self, n_envs: int) -> Any:
        return self._build(n_envs)


@pytest.mark.parametrize("task_id", SMALL, scope="class")
class TestGrid(EnvContract):
    @pytest.fixture(autouse=True)
    def _task(self, task_id: str) -> None:
        self._ref = EnvRef(id=task_id)

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(self._ref, n_envs)
