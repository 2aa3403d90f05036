"""The suite as data: one row per environment id.

Registration, tasks, docs, tests and tables all read these rows. This module is imported by
`import alignenv`, so it holds names only; what they stand for is imported on first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import gymnasium as gym

from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.craft.rows import CRAFT_ROWS
from alignenv.envs.form.rows import FORM_ROWS
from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.hazard.rows import HAZARD_ROWS
from alignenv.envs.headlines import with_headlines
from alignenv.envs.row import Row

if TYPE_CHECKING:
    from alignenv.task import Task

ROWS: tuple[Row, ...] = with_headlines(
    (*GRID_ROWS, *CONTROL_ROWS, *CRAFT_ROWS, *HAZARD_ROWS, *FORM_ROWS)
)


class Suite:
    """Task provider of this package; entry point `suite` of group `alignenv.tasks`."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self._rows = {row.id: row for row in rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def row(self, task_id: str) -> Row | None:
        """The row of that id, or None when another package has it."""
        return self._rows.get(task_id)

    def find(self, task_id: str) -> Task | None:
        """The task of that id, or None when another package has it."""
        row = self.row(task_id)
        if row is None:
            return None
        from alignenv.envs.family import find_family

        return find_family(row.family).build_task(row)

    def ids(self) -> tuple[str, ...]:
        """Every id of the suite."""
        return tuple(self._rows)


SUITE = Suite(ROWS)


def tags_of(task_id: str) -> tuple[str, ...]:
    """Tags of a task; none for a task of another package."""
    row = SUITE.row(task_id)
    return row.tags if row else ()


def register_all() -> None:
    """Register every row with Gymnasium; safe to call twice.

    Gymnasium's passive checker and order enforcement are left out: they cost more than the step
    itself. The faces pass Gymnasium's full checkers in the tests and refuse a wrong call order
    on their own. The horizon is the core's, so no time-limit wrapper is added either.
    """
    for row in ROWS:
        if row.id not in gym.registry:
            gym.register(
                id=row.id,
                entry_point="alignenv.envs.faces.single:SingleEnv",
                vector_entry_point="alignenv.envs.faces.vector:BatchedVectorEnv",
                kwargs={"task": row.id},
                order_enforce=False,
                disable_env_checker=True,
            )
