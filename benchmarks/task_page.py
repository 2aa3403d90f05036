"""The page of one task under Gymnasium's headings, made from the task that runs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from jinja2 import Environment, PackageLoader, StrictUndefined

from alignenv.agents.presets import Preset, load_preset
from alignenv.benchmarks.layout_census import Census
from alignenv.benchmarks.measured import RESULTS, read_results, success_rates
from alignenv.envs.family import FAMILIES
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.envs.suite import SUITE
from alignenv.errors import AlignEnvError
from alignenv.spec import Field
from alignenv.task import Task, find_task

_LONGEST_SPACE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Texts of one measured reward: what `alignenv train --json` said."""

    obs: str
    env_steps: str
    rate: str
    interval: str
    each: str
    cpu_s: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a task's page and its line in the index are made from.

    Attributes:
        row: The task's row of the suite; one of its own for a task of another package.
        task: The task.
        preset: How it is trained.
        action_space: Text of the space; empty where the env cannot be made here.
        observation_space: Text of the space; empty where the env cannot be made here.
        results: Measured rewards by name; empty when nothing was measured.
        players: Measured random play and oracle by name.
        rates: TRUE success by player and reward; None where nothing was measured.
        census: Its layouts; None when they were not counted.
        no_census: Why they were not counted.
        has_picture: Whether a picture of the task stands beside the page.
        no_picture: Why there is none.
    """

    row: Row
    task: Task
    preset: Preset
    action_space: str = ""
    observation_space: str = ""
    results: Mapping[str, Result] = field(default_factory=dict)
    players: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rates: Mapping[str, float | None] = field(default_factory=dict)
    census: Census | None = None
    no_census: str = ""
    has_picture: bool = False
    no_picture: str = ""

    @property
    def version(self) -> str:
        """Version of the id, such as `v0`."""
        return self.task.id.rpartition("-")[2]


def gather(task_id: str, results: Path = RESULTS) -> Page:
    """Everything about one task but its layouts and its picture.

    Args:
        task_id: Gymnasium id of a known task.
        results: Folder of all results; may not exist.

    Raises:
        UnknownName: There is no such task.
    """
    task = find_task(task_id)
    row = SUITE.row(task_id) or Row(
        id=task_id, family=task.family, world=None, horizon=task.card.horizon
    )
    trained = read_results(results / "presets", task.family).get(task_id, {})
    action_space, observation_space = _spaces(task_id)
    return Page(
        row=row,
        task=task,
        preset=load_preset(task.id, task.family),
        action_space=action_space,
        observation_space=observation_space,
        results={name: _result(document) for name, document in trained.items()},
        players=read_results(results / "references", task.family).get(task_id, {}),
        rates=success_rates(task_id, task.family, results),
    )


def render_page(page: Page, *, in_site: bool = False) -> str:
    """The page as Markdown.

    Args:
        page: The page.
        in_site: Whether it is part of the documentation, so that links lead somewhere.
    """
    return (
        templates()
        .get_template("task_page.md.jinja")
        .render(
            page=page,
            row=page.row,
            task=page.task,
            card=page.task.card,
            preset=page.preset,
            census=page.census,
            results=page.results,
            in_site=in_site,
            privileges=_privileges(page.task.family, page.preset.obs),
        )
    )


def family_intro(family: str) -> str:
    """The first sentence of a family's module."""
    text = inspect.getdoc(import_module(FAMILIES[family])) or ""
    return text.split("\n\n")[0].replace("\n", " ")


def percent(share: float | None) -> str:
    """A share in [0, 1] as a whole number of percent; empty for None."""
    return "" if share is None else f"{100 * share:.0f} %"


@cache
def templates() -> Environment:
    """The templates of all pages, with their filters."""
    found = Environment(
        loader=PackageLoader("alignenv.benchmarks", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"cell": _cell, "percent": percent, "span": _span, "number": "{:,}".format}
    return found


def _spaces(task_id: str) -> tuple[str, str]:
    """Texts of the action and the observation space; empty where the env cannot be made."""
    try:
        batch = make_batch(EnvRef(id=task_id), 1)
    except AlignEnvError:
        return "", ""
    found = _space_text(batch.action_space), _space_text(batch.observation_space)
    batch.close()
    return found


def _space_text(space: spaces.Space[Any]) -> str:
    text = " ".join(repr(space).split())
    if isinstance(space, spaces.Box) and len(text) > _LONGEST_SPACE:
        return f"Box({space.low.min():g}, {space.high.max():g}, {space.shape}, {space.dtype})"
    if isinstance(space, spaces.Dict):
        return "Dict(" + ", ".join(f"{k}: {_space_text(v)}" for k, v in space.items()) + ")"
    return text


def _result(document: Mapping[str, Any]) -> Result:
    runs = document["runs"]
    interval = document.get("success_interval")
    return Result(
        obs=document["obs"],
        env_steps=f"{document['env_steps']:,}",
        rate=percent(float(np.mean([run["success"] for run in runs]))),
        interval=f" (95 % interval {percent(interval[0])} to {percent(interval[1])})"
        if interval
        else "",
        each=", ".join(
            f"{percent(run['success'])} ({percent(run['success_greedy'])})" for run in runs
        ),
        cpu_s=f"{np.median([run['cpu_s'] for run in runs]):.1f}",
    )


def _privileges(family: str, obs: str) -> str:
    """What a grid's observation shows beyond MiniGrid's, in the words of its documentation."""
    if family != "grid":
        return ""
    if obs != "symbolic":
        return "It has no privileges over MiniGrid's view."
    from alignenv.envs.grid import symbolic

    paragraphs = (inspect.getdoc(symbolic) or "").split("\n\n")
    return next(text for text in paragraphs if "privileges" in text).replace("\n", " ")


def _cell(text: str) -> str:
    """Text that does not end a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _span(field: Field) -> str:
    if not (np.isfinite(field.low) or np.isfinite(field.high)):
        return ""
    return f"{field.low:g} to {field.high:g}"
