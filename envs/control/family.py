"""The control family: MuJoCo tasks on one batched core."""

from __future__ import annotations

from alignenv.envs.control.core import ControlCore
from alignenv.envs.control.tasks import build_task, find_scene
from alignenv.envs.row import Row
from alignenv.errors import UnknownName
from alignenv.task import Task

__all__ = ["build_batch", "build_task"]

OBS_MODES = ("state",)


def build_batch(row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> ControlCore:
    """N simulations; they have no hidden record.

    Raises:
        UnknownName: There is no such observation.
    """
    del truth
    if obs not in OBS_MODES:
        raise UnknownName.of("observation", obs, OBS_MODES)
    return ControlCore(task, find_scene(row.world.kind), n_envs)
