"""The figures of a report: which lines, in which colours, with which words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from alignenv.benchmarks.figures import FloatArray, Line, line_figure, mean_line
from alignenv.benchmarks.report_data import ArmResult, ReportData
from alignenv.types import CurvePoint, Trial

ARM_COLORS = {"sparse": 0, "human": 1, "best": 2}
"""Colour variables of the arms; the same in every figure and table."""
CONTEXT_COLOR, BEST_COLOR = 0, 2
N_COLORS = 7
MAX_COMPONENTS = 7


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its words.

    Attributes:
        title: Heading.
        note: What it shows and what it does not.
        svg: The drawing; empty when there is nothing to draw.
        legend: The lines that have a name.
    """

    title: str
    note: str
    svg: str
    legend: tuple[Line, ...]


def figures(data: ReportData) -> list[Figure]:
    """All figures that the data can fill."""
    made = [arm_figure(data.arms), candidate_figure(data.trials, data.best)]
    if data.winner is not None:
        made.append(component_figure(data.winner))
    return [figure for figure in made if figure.svg]


def arm_figure(arms: Sequence[ArmResult]) -> Figure:
    """Training success of the final comparison, mean and range over seeds."""
    lines = []
    for dash, arm in enumerate(arms):
        curves = [_success(curve) for curve in arm.curves]
        if known := [curve for curve in curves if curve[0].size]:
            color = ARM_COLORS.get(arm.name, 3 + dash)
            lines.append(mean_line(arm.label, color, dash, known))
    return _figure(
        "Final comparison while training",
        "Success of training episodes: the line is the mean over seeds, the band runs from the "
        "lowest seed to the highest. Evidence from the workers; the score is the table's.",
        lines,
        "training success",
        is_rate=True,
    )


def candidate_figure(trials: Sequence[Trial], best: str | None) -> Figure:
    """Training success of every candidate, the selected one in front."""
    context: list[Line] = []
    front: list[Line] = []
    for trial in trials:
        if trial.evaluation is None:
            continue
        x, y = _success(trial.evaluation.curve)
        if not x.size:
            continue
        is_best = trial.candidate.id == best
        line = Line(
            label=f"{trial.candidate.id} (selected)" if is_best else "",
            color=BEST_COLOR if is_best else CONTEXT_COLOR,
            x=x,
            y=y,
            is_strong=is_best,
            is_faint=not is_best,
            ends=trial.evaluation.stopped_at is not None,
        )
        (front if is_best else context).append(line)
    return _figure(
        "Candidates while training",
        "Success of training episodes of every candidate that could be trained; a cross marks "
        "where racing stopped it.",
        [*context, *front],
        "training success",
        is_rate=True,
    )


def component_figure(winner: Trial) -> Figure:
    """What each component of the selected program paid per episode, over its training."""
    curve = winner.evaluation.curve if winner.evaluation else ()
    names = list(dict.fromkeys(name for point in curve for name in point.components))
    lines = []
    for index, name in enumerate(names[:MAX_COMPONENTS]):
        points = [p for p in curve if name in p.components]
        x = np.array([p.env_steps for p in points], dtype=np.float64)
        y = np.array([p.components[name] for p in points], dtype=np.float64)
        lines.append(Line(label=name, color=1 + index % (N_COLORS - 1), dash=index, x=x, y=y))
    return _figure(
        "Reward components of the selected program",
        "Mean sum per episode of each component, over its training.",
        lines,
        "sum per episode",
        is_rate=False,
    )


def _figure(title: str, note: str, lines: list[Line], y_label: str, *, is_rate: bool) -> Figure:
    svg = line_figure(lines, name=title, y_label=y_label, is_rate=is_rate) if lines else ""
    return Figure(title, note, svg, tuple(line for line in lines if line.label))


def _success(curve: Iterable[CurvePoint]) -> tuple[FloatArray, FloatArray]:
    """Env steps and success of the points that have one, in order of env steps."""
    known = sorted((p.env_steps, p.success) for p in curve if p.success is not None)
    return (
        np.array([x for x, _ in known], dtype=np.float64),
        np.array([y for _, y in known], dtype=np.float64),
    )
