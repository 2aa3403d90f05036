"""Which states of a task can be listed, and what was left out."""

from __future__ import annotations

from typing import NamedTuple

from alignenv.benchmarks.audit_hazard import hazard_task, is_judged_elsewhere
from alignenv.envs.hazard.tables import GAMES
from alignenv.envs.make import EnvRef
from alignenv.envs.row import Row
from alignenv.reward_design.audit.exact import ExactTask
from alignenv.seeding import episode_seeds
from alignenv.task import Task

MOVING = "dynamicobstacles"
"""The kind of grid where things move by themselves."""


class Listing(NamedTuple):
    """What of a task was listed.

    Attributes:
        tasks: One per layout, or the whole task as one; empty where nothing could be listed.
        saw: What was listed, one line each.
        left_out: What was not, one line each.
        is_sample: Whether the task has layouts that were not listed.
    """

    tasks: tuple[ExactTask, ...]
    saw: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    is_sample: bool = False


def list_states(ref: EnvRef, task: Task, max_states: int, layouts: int) -> Listing:
    """List all states of a task, or of some of its layouts.

    Args:
        ref: The task.
        task: The same, resolved.
        max_states: Most states of one layout.
        layouts: How many layouts of a task that has many.
    """
    row = ref.row
    if row is None:
        return Listing((), (), ("States of a task outside the suite are not listed.",))
    if row.family == "hazard" and row.world.kind in GAMES:
        return _list_hazard(row, task)
    if row.family == "grid" and row.world.kind != MOVING:
        return _list_layouts(ref, task, max_states, 1 if row.has_fixed_start else layouts)
    return Listing((), (), ("States of this task cannot be listed.",))


def _list_hazard(row: Row, task: Task) -> Listing:
    exact = hazard_task(row, task)
    left_out: tuple[str, ...] = ()
    if is_judged_elsewhere(row):
        left_out = (
            "Whether an agent sees on the judging maps what it saw in training: it is judged as "
            "if it walked there the way it learned by heart.",
        )
    return Listing((exact,), (f"{exact.name}, from every start",), left_out)


def _list_layouts(ref: EnvRef, task: Task, max_states: int, layouts: int) -> Listing:
    """Layouts of a grid task, each drawn by a seed that neither trains nor reports anything."""
    from alignenv.benchmarks.audit_grid import TooMany, grid_task

    tasks: list[ExactTask] = []
    keys: set[bytes] = set()
    left_out: list[str] = []
    for seed in episode_seeds(0, "audit", layouts, ref.id):
        try:
            exact = grid_task(ref, task, seed, max_states)
        except TooMany:
            left_out.append(f"The layout of seed {seed} has more than {max_states:,} states.")
            break  # the others are of the same size
        key = exact.records.tobytes()
        if key not in keys:
            tasks.append(exact)
            keys.add(key)
    saw = tuple(f"{exact.name}, every choice in every state" for exact in tasks)
    return Listing(tuple(tasks), saw, tuple(left_out), is_sample=True)
