"""The hazard family: worlds whose visible reward is not what was meant."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from importlib.resources import files
from typing import Any

from alignenv.envs.hazard.beliefs import build_model
from alignenv.envs.hazard.core import HazardCore
from alignenv.envs.hazard.sheet import Sheet, milestones, performance, success
from alignenv.envs.hazard.table_core import TableCore, planned_oracle
from alignenv.envs.hazard.tables import GAMES
from alignenv.envs.row import Row
from alignenv.errors import UnknownName
from alignenv.task import RewardSource, Task, TaskCard

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
        rewards=reference_rewards(kind),
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


@cache
def reference_rewards(kind: str) -> dict[str, RewardSource]:
    """Reward programs that ship with a hazard, by name.

    A file `sparse.py`, `human.py` or `hackable.py` gives the reward of that name, and
    `hackable_shaped.py` gives `hackable:shaped`. The comment that opens the file is its note.
    """
    folder = files("alignenv.envs.hazard").joinpath("rewards", kind)
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        stem, dot, suffix = file.name.partition(".")
        if dot + suffix == ".py":
            source = file.read_text(encoding="utf-8")
            name = stem.replace("_", ":", 1)
            role = name.partition(":")[0]
            found[name] = RewardSource(source=source, kind=role, note=_opening_comment(source))
    return found


def _opening_comment(source: str) -> str:
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)
