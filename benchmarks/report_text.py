"""The words and rows of a report."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alignenv.benchmarks.report_data import ArmResult, ReportData
from alignenv.types import Trial

DIFF_MARKS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff; `kind` is `added`, `removed`, `place` or `same`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole, for a bar: its name, its figure as text, its share in [0, 1]."""

    name: str
    text: str
    share: float


def verdict(data: ReportData) -> list[str]:
    """What the comparison shows, in sentences that claim no more than the intervals do."""
    arms = {arm.name: arm for arm in data.arms}
    best = arms.get("best")
    if best is None:
        return ["No candidate could be trained, so there is no generated reward to compare."]
    low, high = (percent(end) for end in best.interval)
    told = [
        f"Trained with the best generated reward, the agent truly succeeds in "
        f"{percent(best.success)} of fresh episodes (95 % interval {low} to {high}; "
        f"{best.n_seeds} trainings of {best.env_steps:,} env steps)."
    ]
    told += [_compared(best, arms[name]) for name in ("sparse", "human") if name in arms]
    return told


def _compared(best: ArmResult, other: ArmResult) -> str:
    figure = f"the {other.label} reward's {percent(other.success)}"
    if best.interval[0] > other.interval[1]:
        return f"That is above {figure}: the intervals do not meet."
    if best.interval[1] < other.interval[0]:
        return f"That is below {figure}: the intervals do not meet."
    return f"It cannot be told apart from {figure}: the intervals overlap."


def percent(rate: float) -> str:
    """A rate with as many digits as a few hundred episodes can support."""
    text = f"{100 * rate:.1f}"
    return f"{text.removesuffix('.0')} %"


def diff_to_parent(data: ReportData) -> tuple[str, list[DiffLine]]:
    """The parent's id and what the selected program changed of it; empty without a parent."""
    sources = {t.candidate.id: t.candidate.source for t in data.trials}
    parents = data.winner.candidate.parents if data.winner else ()
    parent = next((name for name in parents if name in sources), "")
    if not parent or data.winner is None:
        return "", []
    lines = difflib.unified_diff(
        sources[parent].splitlines(), data.winner.candidate.source.splitlines(), lineterm="", n=3
    )
    body = [line for line in lines if not line.startswith(("--- ", "+++ "))]
    return parent, [DiffLine(DIFF_MARKS.get(line[:1], "same"), line) for line in body]


def shares(seconds: Mapping[str, float]) -> list[Share]:
    """Where the time went, in the order given."""
    whole = sum(seconds.values()) or 1.0
    return [Share(name, f"{s:.1f} s", s / whole) for name, s in seconds.items()]


def cost_rows(cost: Mapping[str, float]) -> list[tuple[str, str]]:
    """Cost by name, in words."""
    known = {
        "calls": ("model calls", "{:,.0f}"),
        "tokens": ("tokens", "{:,.0f}"),
        "usd": ("US dollars", "{:.2f}"),
        "env_steps": ("env steps", "{:,.0f}"),
        "cpu_s": ("processor seconds", "{:,.1f}"),
    }
    return [
        (known[name][0], known[name][1].format(value))
        if name in known
        else (name.replace("_", " "), f"{value:,g}")
        for name, value in cost.items()
    ]


def counts(trials: Sequence[Trial]) -> str:
    """How many candidates ended how, one line."""
    trained = [t.evaluation for t in trials if t.evaluation is not None]
    full = sum(e.stopped_at is None for e in trained)
    failed = len(trials) - len(trained)
    return (
        f"{len(trials)} candidates: {full} fully trained, {len(trained) - full} stopped early, "
        f"{failed} failed"
    )
