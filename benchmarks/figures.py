"""Line figures as SVG that follows the page: its font, its colours, its light or dark.

A figure holds no text from programs or models; legends are HTML. Colours are written as stand-ins
and replaced by the page's CSS variables. Equal data give equal bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

SIZE_IN = (5.6, 3.3)
DASHES = ("solid", (0, (6, 2)), (0, (2, 1.6)), (0, (8, 2, 2, 2)), (0, (1, 2.4)))
"""Line styles, so that lines differ without colour."""

_INK, _RULE = "#010101", "#020202"
_STYLE: dict[Any, Any] = {
    "font.size": 11,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _RULE,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "grid.color": _RULE,
    "grid.linewidth": 0.6,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a figure.

    Attributes:
        label: What it is, for the legend; may hold any text.
        color: Index of the page's colour variable `--c0`, `--c1`, ...
        x: Env steps, shape `(n,)`, increasing.
        y: Values, shape `(n,)`.
        low: Lower edge of a band, shape `(n,)`, or None.
        high: Upper edge of the band.
        dash: Index into `DASHES`.
        is_strong: Drawn thicker and above the others.
        is_faint: Drawn thin and pale, as context.
        ends: Whether a cross marks its end: training was stopped there.
        tag: A number or letter to write at its end, as the legend has it.
    """

    label: str
    color: int
    x: FloatArray
    y: FloatArray
    low: FloatArray | None = None
    high: FloatArray | None = None
    dash: int = 0
    is_strong: bool = False
    is_faint: bool = False
    ends: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """The horizontal axis of a figure.

    Attributes:
        label: Name and unit.
        is_rate: Whether its values are rates, shown in per cent.
        is_count: Whether they are large counts, shown as 20k or 3M.
        low: Its left end; None for where the values begin.
        high: Its right end; None for where they end.
    """

    label: str = "env steps"
    is_rate: bool = False
    is_count: bool = True
    low: float | None = 0.0
    high: float | None = None


ENV_STEPS = Across()


def line_figure(
    lines: Sequence[Line], *, name: str, y_label: str, is_rate: bool, across: Across = ENV_STEPS
) -> str:
    """An `<svg>` element with the lines, by default over env steps.

    Args:
        lines: What to draw; later ones above earlier ones.
        name: What the figure is called, for screen readers; different for each on a page.
        y_label: Name and unit of the vertical axis.
        is_rate: Whether the values are rates in [0, 1], shown in per cent.
        across: The horizontal axis.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=SIZE_IN, layout="constrained")
        axes = figure.subplots()
        for line in lines:
            _draw(axes, line)
        _dress(axes, y_label, is_rate, across)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    return _for_page(buffer.getvalue(), name)


_NO_METADATA: dict[str, None] = {"Date": None, "Creator": None, "Format": None, "Type": None}


def _stand_in(color: int) -> str:
    return f"#03{color:02x}03"


def _draw(axes: Any, line: Line) -> None:
    color = _stand_in(line.color)
    if line.low is not None and line.high is not None:
        axes.fill_between(line.x, line.low, line.high, color=color, alpha=0.18, linewidth=0)
    axes.plot(
        line.x,
        line.y,
        color=color,
        linestyle=DASHES[line.dash % len(DASHES)],
        linewidth=2.6 if line.is_strong else 1.0 if line.is_faint else 1.9,
        alpha=0.55 if line.is_faint else 1.0,
        marker="o" if len(line.x) == 1 else None,
        markersize=4,
    )
    if line.ends and len(line.x):
        axes.plot(line.x[-1], line.y[-1], color=color, marker="x", markersize=6, linestyle="none")
    if line.tag and len(line.x):
        end = (line.x[-1], line.y[-1])
        place = {"xytext": (5, 3), "textcoords": "offset points", "fontsize": 9}
        axes.annotate(line.tag, end, color=color, annotation_clip=True, **place)


def _dress(axes: Any, y_label: str, is_rate: bool, across: Across) -> None:
    from matplotlib.ticker import EngFormatter, MaxNLocator, PercentFormatter

    axes.set_xlabel(across.label)
    axes.set_ylabel(y_label)
    axes.set_xlim(left=across.low, right=across.high)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    if across.is_rate:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    elif across.is_count:
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    if is_rate:
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=True, axis="y")


def _for_page(svg: str, name: str) -> str:
    svg = svg[svg.index("<svg") :]
    head = f'<svg viewBox="0 0 {SIZE_IN[0] * 72:g} {SIZE_IN[1] * 72:g}" role="img" '
    svg = re.sub(r"<svg[^>]*>", f'{head}aria-label="{name}">', svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"#([\w-]+)[\")]", svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda m: m.group(0) if m.group(1) in used else "", svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = svg.replace(_INK, "var(--ink)").replace(_RULE, "var(--rule)")
    return re.sub(r"#03([0-9a-f]{2})03", lambda m: f"var(--c{int(m.group(1), 16)})", svg)


def mean_line(
    label: str, color: int, dash: int, curves: Sequence[tuple[FloatArray, FloatArray]]
) -> Line:
    """The mean of several curves with the range between the lowest and the highest.

    Curves are read at every env step that any of them has, by linear interpolation, as far as the
    shortest reaches.
    """
    grid = np.unique(np.concatenate([x for x, _ in curves]))
    grid = grid[grid <= min(x[-1] for x, _ in curves)]
    values = np.stack([np.interp(grid, x, y) for x, y in curves])
    return Line(
        label=label,
        color=color,
        dash=dash,
        x=grid,
        y=values.mean(axis=0),
        low=values.min(axis=0),
        high=values.max(axis=0),
        is_strong=label != "",
    )
