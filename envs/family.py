"""A family of environments: what turns a row of the suite into a task and a core."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from alignenv.batch import BatchEnv
from alignenv.envs.row import Row
from alignenv.errors import UnknownName
from alignenv.task import Task

FAMILIES = {
    "control": "alignenv.envs.control.family",
    "craft": "alignenv.envs.craft.family",
    "form": "alignenv.envs.form.family",
    "grid": "alignenv.envs.grid.family",
    "hazard": "alignenv.envs.hazard.family",
}
"""Module of each family; imported on first use."""


class Family(Protocol):
    """What a family's module offers."""

    def build_task(self, row: Row) -> Task:
        """The task of one of its rows."""
        ...

    def build_batch(self, row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> BatchEnv:
        """N envs of one of its rows.

        Args:
            row: The row.
            task: What `build_task` gave for it.
            n_envs: N.
            obs: Name of an observation.
            truth: Whether the core fills its hidden record; False wherever reward programs or
                agents in training run.
        """
        ...


def find_family(name: str) -> Family:
    """The module of a family.

    Raises:
        UnknownName: There is no such family.
    """
    if name not in FAMILIES:
        raise UnknownName.of("family", name, FAMILIES)
    return cast("Family", import_module(FAMILIES[name]))
