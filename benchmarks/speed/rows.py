"""What was measured, what was promised, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from alignenv.benchmarks.speed.contest import Contest


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure.

    Attributes:
        measure: What was measured; rows of one measure share target and unit.
        subject: Task or program it was measured on; empty for the package as a whole.
        baseline: The reference's figure, in `unit`; None where there is no reference.
        ours: alignenv's figure, in `unit`.
        unit: Unit of `baseline` and `ours`.
        value: What the target speaks of: a ratio, a rate, a share or seconds.
        low: Smallest value of a round.
        high: Largest value of a round.
        kind: What `value` is.
        target: Promise about `value`: at least this for a ratio or a rate, at most this for a
            share or seconds. None where nothing was promised.
    """

    measure: str
    subject: str = ""
    baseline: float | None
    ours: float
    unit: str
    value: float
    low: float
    high: float
    kind: Literal["ratio", "rate", "share", "seconds"] = "ratio"
    target: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.is_more_better else self.value <= self.target

    @property
    def is_more_better(self) -> bool:
        """Whether a larger value is the better one."""
        return self.kind in ("ratio", "rate")

    @property
    def target_text(self) -> str:
        """Such as ">= 500x"; empty without a target."""
        if self.target is None:
            return ""
        sign = "≥" if self.is_more_better else "≤"
        return f"{sign} {format_value(self.target, self.kind)}"

    def to_json(self) -> dict[str, Any]:
        """The row of the `--json` document."""
        return {**asdict(self), "met": self.is_met}


def row_of(
    outcome: Contest, *, measure: str, subject: str = "", unit: str, target: float | None
) -> Row:
    """The row of a contest: its value is the ratio."""
    return Row(
        measure=measure,
        subject=subject,
        baseline=outcome.baseline,
        ours=outcome.ours,
        unit=unit,
        value=outcome.ratio,
        low=outcome.low,
        high=outcome.high,
        target=target,
    )


def format_value(value: float, kind: str) -> str:
    """A ratio as `512x`, a rate as `1,234,000/s`, a share as `1.3 %`, seconds as `0.21 s`."""
    if kind == "rate":
        return f"{round(value, -3):,.0f}/s"
    if kind == "share":
        return f"{100 * value:.2g} %"
    if kind == "seconds":
        return f"{value:.2g} s"
    return f"{value:,.0f}x" if value >= 20 else f"{value:.1f}x"


def format_amount(amount: float | None) -> str:
    """A figure of any size with three digits that matter; a dash for None."""
    if amount is None:
        return "-"
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"


def missed(rows: Sequence[Row]) -> list[Row]:
    """Rows whose target is not met."""
    return [row for row in rows if row.is_met is False]
