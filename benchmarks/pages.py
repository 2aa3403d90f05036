"""One documentation page per task: `python -m alignenv.benchmarks.pages docs/tasks`.

Nothing on a page is written by hand: card, fields, rewards and settings are the ones that run.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from alignenv.agents.presets import Preset, load_preset
from alignenv.benchmarks.layout_census import Census, count_layouts
from alignenv.benchmarks.measure import RESULTS, read_results
from alignenv.envs.grid import symbolic
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.envs.suite import ROWS
from alignenv.spec import Field
from alignenv.task import Task, find_task


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
        row: The task's row of the suite.
        task: The task.
        preset: How it is trained.
        census: Its layouts.
        results: Measured rewards by name; empty when nothing was measured.
    """

    row: Row
    task: Task
    preset: Preset
    census: Census
    results: Mapping[str, Result]


def write_pages(folder: Path, rows: Sequence[Row] = ROWS, results: Path = RESULTS) -> None:
    """Write a page and a picture per task, the index, and the page on observations.

    Args:
        folder: Where to; made when missing. Files of the same name are replaced.
        rows: Tasks of the suite, at least one.
        results: Folder of measured presets; may not exist.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    families = {row.family for row in rows}
    measured = {name: read_results(results, name) for name in families}
    templates = _templates()
    pages = [gather(row, measured[row.family].get(row.id, {})) for row in rows]
    texts = {
        "index.md": templates.get_template("task_index.md.jinja").render(pages=pages),
        "observations.md": templates.get_template("observations.md.jinja").render(
            symbolic=inspect.getdoc(symbolic)
        ),
    }
    for page in pages:
        picture(page.task).save(folder / "images" / f"{page.task.id}.png")
        texts[f"{page.task.id}.md"] = templates.get_template("task_page.md.jinja").render(
            row=page.row,
            task=page.task,
            preset=page.preset,
            census=page.census,
            results=page.results,
            privileges=_privileges(page.preset.obs),
        )
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def gather(row: Row, measured: Mapping[str, Mapping[str, Any]]) -> Page:
    """Everything about one task.

    Args:
        row: Its row of the suite.
        measured: Documents of `alignenv train --json` by reward.
    """
    task = find_task(row.id)
    return Page(
        row=row,
        task=task,
        preset=load_preset(task.id, task.family),
        census=count_layouts(row.id),
        results={name: _result(document) for name, document in measured.items()},
    )


def picture(task: Task) -> Image.Image:
    """First state of seed 0, by MiniGrid's renderer."""
    batch = make_batch(EnvRef(id=task.id), 1)
    batch.reset([0])
    frame = batch.render()
    batch.close()
    return Image.fromarray(frame)


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


def percent(share: float) -> str:
    """A share in [0, 1] as a whole number of percent."""
    return f"{100 * share:.0f} %"


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("alignenv.benchmarks", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"cell": _cell, "percent": percent, "span": _span}
    return templates


def _privileges(obs: str) -> str:
    """What an observation shows beyond MiniGrid's, in the words of its own documentation."""
    if obs != "symbolic":
        return "It has no privileges over MiniGrid's view."
    paragraphs = (inspect.getdoc(symbolic) or "").split("\n\n")
    return next(text for text in paragraphs if "privileges" in text).replace("\n", " ")


def _cell(text: str) -> str:
    """Text that does not end a cell of a Markdown table."""
    return text.replace("|", "\\|")


def _span(field: Field) -> str:
    if not (np.isfinite(field.low) or np.isfinite(field.high)):
        return ""
    return f"{field.low:g} to {field.high:g}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all pages into the folder given."""
    parser = argparse.ArgumentParser(prog="alignenv.benchmarks.pages", description=__doc__)
    parser.add_argument("folder", type=Path)
    write_pages(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
