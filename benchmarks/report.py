"""Writes what a search found as one HTML file that needs nothing else: no network, no script.

Text of programs, models and tasks is untrusted and is escaped by the template; drawings hold none
of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from alignenv.benchmarks.report_data import ArmResult, Clip, ReportData
from alignenv.files import write_atomically

__all__ = ["ArmResult", "Clip", "ReportData", "render_report", "write_report"]

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Film:
    """A clip as the page embeds it."""

    title: str
    caption: str
    moving: str
    still: str


def write_report(path: Path, data: ReportData) -> None:
    """Write the report.

    Args:
        path: The HTML file, replaced when it exists.
        data: What to show.

    Raises:
        MachineError: The file cannot be written; what was there before stays.
    """
    write_atomically(path, render_report(data).encode("utf-8", "replace"))


def render_report(data: ReportData) -> str:
    """The report as HTML; equal data give equal text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    from alignenv.benchmarks import report_text
    from alignenv.benchmarks.report_figures import ARM_COLORS, figures
    from alignenv.benchmarks.report_lineage import lay_out
    from alignenv.reward_design.analysts.text import told

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = report_text.percent
    environment.filters["drawing"] = Markup
    environment.filters["told"] = partial(told, with_gap=True)
    parent, diff = report_text.diff_to_parent(data)
    return environment.get_template("report.html.jinja").render(
        data=data,
        style=Markup((FOLDER / "report.css").read_text(encoding="utf-8")),
        verdict=report_text.verdict(data),
        arm_colors=ARM_COLORS,
        lineage=lay_out(data.trials, data.best),
        counts=report_text.counts(data.trials),
        figures=figures(data),
        films=[film(clip) for clip in data.clips if clip.frames],
        parent=parent,
        diff=diff,
        shares=report_text.shares(data.seconds),
        cost=report_text.cost_rows(data.cost),
    )


def film(clip: Clip) -> Film:
    """Encode a clip for the page."""
    from alignenv.benchmarks.animation import animation_uri, still_uri

    return Film(
        clip.title, clip.caption, animation_uri(clip.frames, clip.fps), still_uri(clip.frames[-1])
    )
