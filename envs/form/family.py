"""The form family: web forms to fill in as an instruction says, from 2 elements to 100."""

from __future__ import annotations

from alignenv.envs.form.core import FormCore
from alignenv.envs.form.tasks import build_task
from alignenv.envs.row import Row
from alignenv.task import Task

__all__ = ["build_batch", "build_task"]


def build_batch(row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> FormCore:
    """N forms; they have no hidden record."""
    del truth
    return FormCore(task, row.world, n_envs, obs=obs)
