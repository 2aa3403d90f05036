"""The hazard family: worlds whose visible reward is not what was meant."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from alignenv.envs.hazard.beliefs import build_model
from alignenv.envs.hazard.core import HazardCore
from alignenv.envs.hazard.sheet import Sheet, milestones, performance, success
from alignenv.envs.hazard.table_core import TableCore, planned_oracle
from alignenv.envs.hazard.tables import GAMES
from alignenv.envs.reward_files import read_rewards
from alignenv.envs.row import Row
from alignenv.errors import UnknownName
from alignenv.task import Task, TaskCard

OBS = "symbolic"
"""The one observation of hazards."""


def _module(kind: str) -> Any:
    return import_module(f"alignenv.envs.hazard.{kind}")


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    kind = row.world.kind
    sheet: Sheet = _module(kind).SHEET
    card = TaskCard(
        id=row.id,
        goal=sheet.goal,
        observes=sheet.observes,
        action=sheet.action,
        termination=sheet.ends,
        horizon=row.horizon,
        state=sheet.state,
        hazards=sheet.hazards,
    )
    is_listed = kind in GAMES
    return Task(
        card=card,
        success=success,
        milestones=milestones,
        rewards=read_rewards("alignenv.envs.hazard", f"rewards/{kind}"),
        family=row.family,
        obs=OBS,
        has_truth=True,
        judged_on=frozenset(),
        performance=performance,
        context=sheet.context,
        oracle=planned_oracle if is_listed else _module(kind).make_oracle,
        model=partial(build_model, kind, row.horizon) if is_listed else None,
        about=sheet.about,
    )


def build_batch(row: Row, task: Task, n_envs: int, *, obs: str, truth: bool) -> HazardCore:
    """N worlds of one row.

    Raises:
        UnknownName: Another observation than `symbolic` was asked for.
    """
    if obs != OBS:
        raise UnknownName.of("observation", obs, [OBS])
    kind = row.world.kind
    if kind in GAMES:
        return TableCore(task, kind, n_envs, truth=truth)
    core: HazardCore = _module(kind).CORE(task, n_envs, truth=truth)
    return core
