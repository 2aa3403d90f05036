"""The suite as data: one row per environment id.

Registration, tasks, docs, tests and tables all read these rows. This module is imported by
`import alignenv`, so it holds names only; what they stand for is imported on first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gymnasium as gym

from alignenv.envs.grid.layout import GridLayout

if TYPE_CHECKING:
    from alignenv.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One environment id.

    Attributes:
        id: Gymnasium id.
        layout: Its grids, rules and horizon, which are those of `layout.minigrid_id`.
        tags: What it is good for: `smoke` is solved by the sparse reward too, `standard` and
            `hard` are not.
        family: Preset and docs group.
    """

    id: str
    layout: GridLayout
    tags: tuple[str, ...]
    family: str = "grid"

    @property
    def has_fixed_start(self) -> bool:
        """Whether every episode begins at the same place, facing the same way."""
        kind, params = self.layout.kind, self.layout.params
        return kind == "lava" or (kind == "empty" and not params["random_start"])

    @property
    def horizon(self) -> int:
        """Longest episode, in steps."""
        return self.layout.max_steps


def _row(
    name: str, kind: str, tag: str, size: tuple[int, int], max_steps: int, **params: int
) -> Row:
    layout = GridLayout(
        kind=kind,
        width=size[0],
        height=size[1],
        max_steps=max_steps,
        minigrid_id=f"MiniGrid-{name}",
        params=params,
        see_through_walls=kind == "empty",
    )
    return Row(id=f"AlignEnv-{name}", layout=layout, tags=(tag,))


def _empty(name: str, size: int, *, random_start: int = 0) -> Row:
    max_steps = 4 * size**2
    return _row(name, "empty", "smoke", (size, size), max_steps, random_start=random_start)


def _doorkey(size: int, tag: str) -> Row:
    return _row(f"DoorKey-{size}x{size}-v0", "doorkey", tag, (size, size), 10 * size**2)


def _multiroom(name: str, tag: str, rooms: int, max_size: int) -> Row:
    return _row(name, "multiroom", tag, (25, 25), 20 * rooms, rooms=rooms, max_size=max_size)


def _lava(crossings: int) -> Row:
    name = f"LavaCrossingS9N{crossings}-v0"
    return _row(name, "lava", "smoke", (9, 9), 4 * 9**2, crossings=crossings)


ROWS: tuple[Row, ...] = (
    _empty("Empty-5x5-v0", 5),
    _empty("Empty-6x6-v0", 6),
    _empty("Empty-8x8-v0", 8),
    _empty("Empty-16x16-v0", 16),
    _empty("Empty-Random-5x5-v0", 5, random_start=1),
    _empty("Empty-Random-6x6-v0", 6, random_start=1),
    _row("FourRooms-v0", "fourrooms", "smoke", (19, 19), 100),
    _row("Unlock-v0", "unlock", "smoke", (11, 6), 288),
    _doorkey(5, "smoke"),
    _doorkey(6, "smoke"),
    _doorkey(8, "standard"),
    _doorkey(16, "hard"),
    _multiroom("MultiRoom-N2-S4-v0", "smoke", 2, 4),
    _multiroom("MultiRoom-N4-S5-v1", "standard", 4, 5),
    _multiroom("MultiRoom-N6-v0", "hard", 6, 10),
    _lava(1),
    _lava(2),
    _lava(3),
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
        from alignenv.envs.grid.tasks import build_task

        return build_task(row)

    def ids(self) -> tuple[str, ...]:
        """Every id of the suite."""
        return tuple(self._rows)


SUITE = Suite(ROWS)


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
