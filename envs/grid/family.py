"""The grid family: MiniGrid's environments on the batched core."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alignenv.envs.grid.tasks import build_task
from alignenv.envs.grid.tasks_fields import record_features
from alignenv.envs.row import Row
from alignenv.task import Task

if TYPE_CHECKING:
    from alignenv.envs.grid.core import GridCore
    from alignenv.envs.grid.spaces import ObsMode

__all__ = ["build_batch", "build_task"]


def build_batch(row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> GridCore:
    """N grids; they have no hidden record."""
    from alignenv.envs.grid.core import GridCore  # compiles, which tasks alone need not

    del truth
    features = record_features(row.world)
    return GridCore(task, row.world, n_envs, obs=cast("ObsMode", obs), features=features)
