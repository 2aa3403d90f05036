"""Every control task keeps the contract of a batched core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from alignenv.batch import BatchEnv
from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.testing.envs import N_STEPS, EnvContract


class TestControl(EnvContract):
    """The contract, once per row."""

    row: Row

    @pytest.fixture(autouse=True, params=CONTROL_ROWS, ids=lambda row: row.name)
    def _choose(self, request: pytest.FixtureRequest) -> None:
        self.row = request.param

    def make_batch(self, n_envs: int) -> BatchEnv:
        return make_batch(EnvRef(id=self.row.id), n_envs)

    def play(
        self, batch: BatchEnv, n_steps: int = N_STEPS, *, seed: int = 0
    ) -> Iterator[np.ndarray[Any, Any]]:
        if "xl" in self.row.tags:
            n_steps = min(n_steps, 40)
        yield from super().play(batch, n_steps, seed=seed)
