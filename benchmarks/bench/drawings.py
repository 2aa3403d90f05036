"""The figures of a benchmark's page: profiles, learning, Goodhart curves, success against cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignenv.benchmarks.bench.analysis import seen_curve
from alignenv.benchmarks.bench.collect import Collected, Run, TaskFacts
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.figures import Across, Line, line_figure, mean_line
from alignenv.seeding import generator
from alignenv.statistics import flat, performance_profile, profile_band

N_COLORS = 7
LEVELS = np.linspace(0.0, 1.0, 101)
GOODHART_RANGE = (-0.5, 2.5)
"""Proxy gains that a figure shows; 0 is random play, 1 the oracle."""
CURVES = ("sparse", "human", "hackable", "eureka[symbolic]", "llm-zero-shot")
"""Rows of the learning curves, where the suite has them; searches of a model are added."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing with its words; `legend` has one line per row that it shows."""

    title: str
    note: str
    svg: str
    legend: tuple[Line, ...]


def styles(found: Collected) -> dict[str, tuple[int, int, str]]:
    """Colour, dash and tag of each trained row, the same in every figure."""
    rows = [name for name in found.suite.rows if find_row(name).kind not in ("player", "racing")]
    return {name: (i % N_COLORS, i // N_COLORS + i % 2, _tag(i)) for i, name in enumerate(rows)}


def _tag(index: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[index % 26]


def profile_drawing(found: Collected, results: Sequence[RowResult]) -> Drawing:
    """Share of runs above each level of success, over the tasks that every row here has."""
    shown = [r for r in results if r.row.kind != "player" and r.is_core]
    n_tasks = len(shown[0].tasks) if shown else 0
    lines = []
    for result in shown:
        color, dash, _ = styles(found)[result.row.name]
        scores = found.scores(result.row.name, result.tasks)
        rng = generator(found.suite.protocol.seed, "report", "profile", result.row.name)
        low, high = profile_band(scores, LEVELS, rng=rng)
        lines.append(
            Line(
                label=result.row.label,
                color=color,
                dash=dash,
                x=LEVELS,
                y=performance_profile(flat(scores), LEVELS),
                low=low if result.row.name in CURVES else None,
                high=high if result.row.name in CURVES else None,
            )
        )
    banded = [line.label for line in lines if line.low is not None] or ["no row"]
    return _drawing(
        "Performance profiles",
        f"Share of runs over {n_tasks} tasks whose TRUE success is above a level; higher is "
        f"better. Bands are pointwise 95 % bootstrap intervals, drawn for {', '.join(banded)}.",
        lines,
        "share of runs",
        Across(label="TRUE success above", is_rate=True, low=0.0, high=1.0),
    )


def learning_drawings(found: Collected) -> Iterator[Drawing]:
    """Success while training on each task: mean and range over runs."""
    for task in found.suite.tasks:
        lines = []
        for name in _curve_rows(found):
            place = found.places[name].get(task)
            curves = [seen_curve(run, place.facts) for run in place.runs] if place else []
            known = [curve for curve in curves if curve is not None]
            if known:
                color, dash, tag = styles(found)[name]
                line = mean_line(find_row(name).label, color, dash, known)
                lines.append(replace(line, tag=tag))
        yield _drawing(
            task.removeprefix("AlignEnv-"),
            "Success of training episodes: each line is the mean over a row's runs, its band goes "
            "from the lowest run to the highest. Evidence from the workers; scores are the "
            "tables'.",
            lines,
            "training success",
            Across(),
        )


def goodhart_drawings(found: Collected) -> Iterator[Drawing]:
    """True success over what the reward paid, while training, from random play at 0."""
    for task in found.suite.tasks:
        lines = []
        for name in _curve_rows(found):
            place = found.places[name].get(task)
            runs = place.runs if place else []
            paths = [path for run in runs if place and (path := _path(run, place.facts))]
            if name == "sparse" or not paths:
                continue
            n = min(len(path) for path in paths)
            mean = np.mean([path[:n] for path in paths], axis=0)
            color, dash, tag = styles(found)[name]
            lines.append(
                Line(
                    label=find_row(name).label,
                    color=color,
                    dash=dash,
                    tag=tag,
                    x=np.clip(mean[:, 0], *GOODHART_RANGE),
                    y=mean[:, 1],
                )
            )
        yield _drawing(
            task.removeprefix("AlignEnv-"),
            "Each line is the mean over a row's trainings, as far as the shortest goes, from their "
            "start to its letter: to the right, what an episode is paid (0 random play, 1 the "
            "oracle); upwards, true success. A sound reward leads up; a hacked one to the right "
            "and not up. A mean hides trainings that went different ways.",
            lines,
            "training success",
            Across(label="proxy gain", is_count=False, low=None),
        )


def _path(run: Run, facts: TaskFacts) -> list[tuple[float, float]]:
    """Proxy gain and success at each point of a curve that has both and means something."""
    sums = run.get("sums") or {}
    span = sums["oracle"] - sums["random"] if "oracle" in sums else 0.0
    if span <= 0:
        return []
    return [
        ((paid - sums["random"]) / span, rate)
        for steps, rate, paid in run["curve"]
        if steps >= facts.blind and rate is not None and paid is not None
    ]


def pareto_drawing(found: Collected, results: Sequence[RowResult]) -> Drawing:
    """Success against the env steps of a run, search included; a letter per row."""
    lines: list[Line] = []
    for result in results:
        if result.row.kind == "player" or result.success is None or not result.is_core:
            continue
        color, _, tag = styles(found)[result.row.name]
        lines.append(
            Line(
                label=result.row.label,
                color=color,
                tag=tag,
                x=np.array([result.cost.env_steps]),
                y=np.array([result.success]),
            )
        )
    return _drawing(
        "Success against cost",
        "Interquartile mean of TRUE success over env steps of one run, its search included. Up and "
        "to the left is better; the line joins the rows that no other one passes in both. Only "
        "rows that have all tasks of the table.",
        [*_frontier(lines), *lines],
        "TRUE success, IQM",
        Across(),
    )


def _frontier(points: Sequence[Line]) -> list[Line]:
    """The points that no other one passes, by less cost or more success, joined by a line."""
    best: list[tuple[float, float]] = []
    for x, y in sorted((float(p.x[0]), -float(p.y[0])) for p in points):
        if not best or -y > best[-1][1]:
            best.append((x, -y))
    if not best:
        return []
    xs, ys = zip(*best, strict=True)
    return [Line(label="frontier", color=0, dash=2, x=np.array(xs), y=np.array(ys))]


def _curve_rows(found: Collected) -> list[str]:
    rows = found.suite.rows
    return [name for name in rows if name in CURVES or ("[" in name and "symbolic" not in name)]


def _drawing(title: str, note: str, lines: list[Line], y_label: str, across: Across) -> Drawing:
    name = f"{title}, {y_label} over {across.label}"
    svg = line_figure(lines, name=name, y_label=y_label, is_rate=True, across=across)
    return Drawing(title, note, svg if lines else "", tuple(line for line in lines if line.label))
