"""A suite's results as one HTML file that needs nothing else: no network, no script.

Programs and names are untrusted text and are escaped by the template; drawings hold none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from alignenv.benchmarks.bench.collect import Collected, Place
from alignenv.benchmarks.bench.contrasts import controlled, feedback_sheets
from alignenv.benchmarks.bench.coverage import core_of, coverage_of
from alignenv.benchmarks.bench.drawings import (
    goodhart_drawings,
    learning_drawings,
    pareto_drawing,
    profile_drawing,
    styles,
)
from alignenv.benchmarks.bench.films import Film
from alignenv.benchmarks.bench.provenance import commit_words, record_facts
from alignenv.benchmarks.bench.records import Record
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.tables import Tables
from alignenv.benchmarks.bench.words import count, names, points, verdict_sentence
from alignenv.files import write_atomically
from alignenv.task import find_task


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a forest: a chance with its interval, in [0, 1]."""

    label: str
    color: int
    verdict: str
    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The best program that searches found for a task, beside the human one."""

    task: str
    row: str
    success: float
    human_success: float | None
    source: str
    human: str


@dataclass(frozen=True, slots=True)
class GapBar:
    """One line of a search against random programs; a difference of -1 to 1 as 0 to 1."""

    task: str
    color: int
    told: str
    at: float
    low: float
    high: float


def write_page(path: Path, tables: Tables, films: Sequence[Film] = ()) -> None:
    """Write the page.

    Args:
        path: The HTML file, replaced when it exists.
        tables: The suite's tables.
        films: Films of its agents.

    Raises:
        MachineError: The file cannot be written.
    """
    write_atomically(path, render_page(tables, films).encode("utf-8", "replace"))


def render_page(tables: Tables, films: Sequence[Film] = ()) -> str:
    """The page as HTML; equal records give equal text."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    own = files("alignenv.benchmarks.bench")
    css = files("alignenv.benchmarks").joinpath("report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=FunctionLoader(lambda name: own.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = Markup
    found, results = tables.found, tables.results
    return environment.get_template("bench.html.jinja").render(
        suite=found.suite,
        style=Markup(css + own.joinpath("bench.css").read_text(encoding="utf-8")),
        rows=results,
        styles=styles(found),
        sheets={sheet.key: sheet for sheet in tables.sheets},
        summary=summary(found, results),
        forests={bar: forest(found, results, bar) for bar in ("human", "sparse")},
        feedback=feedback_bars(found),
        films=[(task, list(group)) for task, group in groupby(films, key=lambda film: film.task)],
        overall=[d for d in _overall(found, results) if d.svg],
        learning=[d for d in learning_drawings(found) if d.svg],
        goodhart=[d for d in goodhart_drawings(found) if d.svg],
        pairs=program_pairs(found),
        facts=record_facts(found),
        commits=commit_words(found),
    )


def _overall(found: Collected, results: Sequence[RowResult]) -> list[Any]:
    return [profile_drawing(found, results), pareto_drawing(found, results)]


def summary(found: Collected, results: Sequence[RowResult]) -> list[str]:
    """What the records show, in sentences that claim no more than the intervals do."""
    told = [_covered(found)]
    searches = [r for r in results if r.row.kind in ("search", "programs")]
    for result in searches:
        if (human := result.against.get("human")) is not None:
            told.append(verdict_sentence(result.row.label, "human", human))
        if (sparse := result.against.get("sparse")) is not None:
            told.append(verdict_sentence(result.row.label, "sparse", sparse))
    return told


def _covered(found: Collected) -> str:
    """How much there is, and on which tasks the means stand."""
    known, core = coverage_of(found), core_of(found).tasks
    text = f"{known.n_records:,} of {known.n_cells:,} cells have a record"
    if not known.n_missing:
        return f"{text}."
    text = f"{text}; what is missing is shown as missing."
    if not core or len(core) == len(found.suite.tasks):
        return text
    where = count(len(core), "task")
    return f"{text} Means are over the {where} that these rows have in full: {names(core)}."


def forest(found: Collected, results: Sequence[RowResult], bar: str) -> list[Bar]:
    """Each row's chance to beat a bar."""
    bars = []
    for result in results:
        against = result.against.get(bar)
        if against is not None:
            low, high = against.contrast.improvement_interval
            where = "" if result.is_core else f", {count(against.n_tasks, 'task')}"
            label = f"{result.row.label}{where}"
            bars.append(
                Bar(
                    label,
                    styles(found)[result.row.name][0],
                    against.verdict,
                    against.contrast.improvement,
                    low,
                    high,
                )
            )
    return bars


def feedback_bars(found: Collected) -> list[tuple[str, list[GapBar]]]:
    """Title and lines of each search against random programs, as the sheets have them."""
    told = []
    for sheet, one in zip(feedback_sheets(found), controlled(found), strict=True):
        bars = [
            GapBar(
                gap.task.removeprefix("AlignEnv-"),
                _GAP_COLORS[gap.direction],
                points(gap.difference, gap.interval),
                *((1 + x) / 2 for x in (gap.difference, *(gap.interval or (gap.difference,) * 2))),
            )
            for gap in one.gaps
        ]
        told.append((sheet.key, bars))
    return told


_GAP_COLORS = {1: 2, 0: 0, -1: 1}


def program_pairs(found: Collected) -> list[Pair]:
    """For each task the winner with the highest mean success on fresh seeds.

    It is chosen after the fact, to be read; the tables average over all winners.
    """
    pairs = []
    for task in found.suite.tasks:
        searches = [
            (row, record)
            for row, places in found.places.items()
            for record in (places[task].records if task in places else ())
            if record["search"] and record["search"]["source"]
        ]
        if not searches:
            continue
        row, best = max(searches, key=lambda one: _success(one[1]))
        rewards = find_task(task).rewards
        pairs.append(
            Pair(
                task=task.removeprefix("AlignEnv-"),
                row=row,
                success=_success(best),
                human_success=_place_success(found.places.get("human", {}).get(task)),
                source=best["search"]["source"],
                human=rewards["human"].source if "human" in rewards else "",
            )
        )
    return pairs


def _success(record: Record) -> float:
    return float(np.mean([run["success"] for run in record["runs"]]))


def _place_success(place: Place | None) -> float | None:
    runs = place.runs if place else []
    return float(np.mean([run["success"] for run in runs])) if runs else None
