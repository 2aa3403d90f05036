"""Figures of a suite as SVG files that stand alone: in a README, on a page, light or dark.

Each draws its own paper, so that it can be read on any background, and follows the reader's colour
scheme where the viewer passes it on. Nothing is told by colour alone. Written without a plotting
library: equal records give equal bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from alignenv.benchmarks.bench.contrasts import TaskGap
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.words import count, whole
from alignenv.statistics import Interval

_LIGHT = (
    ".paper{fill:#fdfdfb;stroke:#dcdfe4}.ink{fill:#1d2430}.soft{fill:#5b6472}.rule{stroke:#dcdfe4}"
    ".none{fill:none;stroke:#dcdfe4}.k0{fill:#6d737d}.k1{fill:#b35f00}.k2{fill:#0072b2}"
    ".k4{fill:#a8457f}.s0{fill:#eef1f4}.s1{fill:#cfe0ec}.s2{fill:#93bddb}.s3{fill:#2f78a6}"
    ".s4{fill:#005a8f}.t0,.t1,.t2{fill:#1d2430}.t3,.t4{fill:#fff}"
)
_DARK = (
    ".paper{fill:#14181e;stroke:#353d48}.ink{fill:#e7eaee}.soft{fill:#a3adba}.rule{stroke:#353d48}"
    ".none{fill:none;stroke:#353d48}.k0{fill:#a3abb6}.k1{fill:#f0a34a}.k2{fill:#62b5ea}"
    ".k4{fill:#e28fbe}.s0{fill:#262d37}.s1{fill:#20435a}.s2{fill:#2a6a93}.s3{fill:#58a9d8}"
    ".s4{fill:#a5d8f6}.t0,.t1,.t2{fill:#fff}.t3,.t4{fill:#0d151b}"
)
_STYLE = (
    'text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}'
    ".small{font-size:11.5px}.num{font-size:11px;text-anchor:middle}.right{text-anchor:end}"
    ".mid{text-anchor:middle}.bold{font-weight:600}.band{opacity:.4}"
    + _LIGHT
    + "@media (prefers-color-scheme:dark){"
    + _DARK
    + "}"
)
_ROW, _CELL = 26.0, 31.0
_KINDS = {"human": 1, "human-potential": 1, "hackable": 4}
"""Colours of rows that are neither a search nor the task's own reward."""


@dataclass(slots=True)
class _Sheet:
    """A drawing in the making."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, kind: str = "ink", more: str = "") -> None:
        self.parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}"{more}>{escape(words)}</text>')

    def box(self, x: float, y: float, w: float, h: float, kind: str, radius: float = 2) -> None:
        self.parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:g}" '
            f'rx="{radius:g}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(
            f'<line class="rule" x1="{x1:.1f}" y1="{y1:g}" x2="{x2:.1f}" y2="{y2:g}"/>'
        )

    def svg(self, title: str, about: str) -> str:
        """The file; `about` is what those hear who do not see it."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" '
            'aria-labelledby="title about">'
        )
        lines = [
            head,
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="about">{escape(about)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{self.width - 1:g}" '
            f'height="{self.height - 1:g}" rx="10"/>',
            *self.parts,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"


def rows_figure(results: Sequence[RowResult], tasks: Sequence[str]) -> str:
    """Success of every trained row: its mean with an interval, and its mean on each task.

    Args:
        results: All rows; players and rows without a complete task are left out.
        tasks: Tasks of the suite, in its order; those on which no row is complete are left out.
    """
    rows = [r for r in results if r.row.kind != "player" and r.by_task]
    shown = [task for task in tasks if any(task in row.by_task for row in rows)]
    n_core = max((len(row.tasks) for row in rows if row.is_core), default=0)
    left, wide, top = 205.0, 210.0, 158.0
    heat = left + wide + 62
    sheet = _Sheet(heat + max(_CELL * len(shown) + 84, 380), top + _ROW * len(rows) + 42)
    sheet.text(18, 30, "TRUE success of trained agents on fresh episodes", "ink bold")
    sheet.text(left, top - 34, "interquartile mean, 95 % interval,", "soft small")
    sheet.text(left, top - 18, f"over {count(n_core, 'task')} that these rows share", "soft small")
    bottom = top + _ROW * len(rows)
    _axis(sheet, left, wide, (top - 6, bottom), {0.0: "0 %", 0.5: "50 %", 1.0: "100 %"})
    for number, task in enumerate(shown):
        x = heat + _CELL * (number + 0.5)
        turned = f' transform="rotate(-50 {x:g} {top - 10:g})"'
        sheet.text(x, top - 10, _short(task), "ink small", turned)
    for number, row in enumerate(rows):
        y = top + _ROW * number
        sheet.text(left - 14, y + 15, row.row.label, "ink right")
        if row.is_core and row.success is not None:
            color = _KINDS.get(row.row.name, 0 if row.row.kind == "reward" else 2)
            _mark(sheet, (left, wide), y, row.success, row.interval, color)
            sheet.text(left + wide + 46, y + 15, f"{whole(row.success)} %", "ink right")
        else:
            sheet.text(left + 4, y + 15, "not on all of these tasks", "soft small")
        _cells(sheet, heat, y, row.by_task, shown)
    sheet.text(
        heat,
        bottom + 24,
        "mean success in per cent by task; empty: no such row, or not complete",
        "soft small",
    )
    return sheet.svg("TRUE success by reward and task", rows_words(results))


def _cells(
    sheet: _Sheet, x: float, y: float, means: Mapping[str, float], tasks: Sequence[str]
) -> None:
    for task in tasks:
        if task in means:
            value = round(100 * round(means[task], 9))
            shade = min(4, value // 20)
            sheet.box(x + 1, y, _CELL - 2, _ROW - 3, f"s{shade}")
            sheet.text(x + _CELL / 2, y + 15.5, str(value), f"num t{shade}")
        else:
            sheet.box(x + 1.5, y + 0.5, _CELL - 3, _ROW - 4, "none")
        x += _CELL


def rows_words(results: Sequence[RowResult]) -> str:
    """What the figure of rows shows, in words."""
    told = [
        f"{r.row.label} {whole(r.success)} %"
        for r in results
        if r.row.kind != "player" and r.is_core and r.success is not None
    ]
    return f"Interquartile mean of success: {'; '.join(told) or 'nothing measured yet'}."


def gaps_figure(label: str, other: str, gaps: Sequence[TaskGap]) -> str:
    """Differences of two rows by task with their intervals, around 0."""
    left, wide, top = 205.0, 420.0, 84.0
    bottom = top + _ROW * len(gaps)
    sheet = _Sheet(left + wide + 90, bottom + 48)
    sheet.text(18, 30, f"{label} less {other}, an equal budget", "ink bold")
    sheet.text(18, 50, "Difference in TRUE success of winners, points, 95 % interval", "soft small")
    edge = _edge(gaps)
    ticks = {0.0: f"-{edge}", 0.5: "0", 1.0: f"+{edge}"}
    _axis(sheet, left, wide, (top - 8, bottom), ticks)
    for number, gap in enumerate(gaps):
        y = top + _ROW * number
        sheet.text(left - 14, y + 15, _short(gap.task), "ink right")
        at, low, high = (
            0.5 + 50 * value / edge
            for value in (gap.difference, *(gap.interval or (gap.difference,) * 2))
        )
        color = {1: 2, -1: 1, 0: 0}[gap.direction]
        _mark(sheet, (left, wide), y, at, Interval(low, high), color)
        words = f"{100 * gap.difference:+.0f}".replace("+0", "0").replace("-0", "0")
        sheet.text(left + wide + 50, y + 15, words, "ink right")
    sheet.text(left, bottom + 38, f"{other} better", "soft small")
    sheet.text(left + wide, bottom + 38, f"{label} better", "soft small right")
    return sheet.svg(f"{label} less {other}", gaps_words(label, other, gaps))


def _edge(gaps: Sequence[TaskGap]) -> int:
    """Points at either end of the axis: the next multiple of 20 that holds every interval."""
    ends = [abs(x) for gap in gaps for x in (gap.difference, *(gap.interval or ()))]
    return min(100, 20 * int(max(ends, default=0) * 5 + 0.999999)) or 20


def gaps_words(label: str, other: str, gaps: Sequence[TaskGap]) -> str:
    """What the figure of differences shows, in words."""
    told = "; ".join(f"{_short(gap.task)} {100 * gap.difference:+.0f}" for gap in gaps)
    return f"Success of {label} less that of {other}, in points: {told}."


def _axis(
    sheet: _Sheet, x: float, wide: float, ends: tuple[float, float], ticks: Mapping[float, str]
) -> None:
    for share, words in ticks.items():
        sheet.line(x + share * wide, ends[0], x + share * wide, ends[1])
        sheet.text(x + share * wide, ends[1] + 18, words, "soft small mid")


def _mark(
    sheet: _Sheet,
    span: tuple[float, float],
    y: float,
    at: float,
    interval: Interval | None,
    color: int,
) -> None:
    """An interval as a band and its middle as a bar."""
    x, wide = span
    if interval is not None:
        low, high = (min(1.0, max(0.0, end)) for end in interval)
        sheet.box(x + low * wide, y + 6, max(2.0, (high - low) * wide), 10, f"band k{color}")
    sheet.box(x + at * wide - 2, y + 2, 4, 18, f"k{color}")


def _short(task: str) -> str:
    return task.removeprefix("AlignEnv-").rsplit("-v", 1)[0]


def figures(
    results: Sequence[RowResult],
    tasks: Sequence[str],
    gaps: Mapping[str, tuple[str, str, Sequence[TaskGap]]],
) -> Iterator[tuple[str, str, str]]:
    """Name, words and SVG of each figure that has anything to show.

    Args:
        results: All rows of a suite.
        tasks: Its tasks.
        gaps: Two labels and their differences, by the figure's name.
    """
    if any(row.is_core and row.row.kind != "player" for row in results):
        yield "rows", rows_words(results), rows_figure(results, tasks)
    for name, (label, other, told) in gaps.items():
        yield name, gaps_words(label, other, told), gaps_figure(label, other, told)
