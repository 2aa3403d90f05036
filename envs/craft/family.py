"""The craft family: worlds of our own, after the Minecraft tasks of Auto MC-Reward."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alignenv.envs.craft.tasks import build_task
from alignenv.envs.row import Row
from alignenv.task import Task

if TYPE_CHECKING:
    from alignenv.envs.craft.core import CraftCore
    from alignenv.envs.craft.spaces import ObsMode

__all__ = ["build_batch", "build_task"]


def build_batch(row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> CraftCore:
    """N worlds; they have no hidden record."""
    from alignenv.envs.craft.core import CraftCore

    del truth
    return CraftCore(task, row.world, n_envs, obs=cast("ObsMode", obs))
