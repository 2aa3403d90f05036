"""Layouts with missions keep the contract of a core."""

from __future__ import annotations

from typing import Any

import pytest

from alignenv.envs.grid.layouts.table import GENERATORS
from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.grid.rules import NO_RULE
from alignenv.envs.make import EnvRef, make_batch
from alignenv.testing.envs import EnvContract

ONE_PER_MISSION = {
    row.world.kind: row.id for row in GRID_ROWS if GENERATORS[row.world.kind].rule != NO_RULE
}


@pytest.mark.parametrize("task_id", ONE_PER_MISSION.values(), scope="class")
class TestMissions(EnvContract):
    @pytest.fixture(autouse=True)
    def _task(self, task_id: str) -> None:
        self._ref = EnvRef(id=task_id)

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(self._ref, n_envs)
