"""Analysts that look at nothing: controls for what looking is worth."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.analysis import Analysis
from alignenv.reward_design.analysts.taxonomy import TAXONOMY
from alignenv.task import TaskCard
from alignenv.types import Trial


class SilentAnalyst:
    """Says nothing: designers are left with the figures of the training."""

    name = "none"

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """An empty analysis of each."""
        del card
        return [Analysis() for _ in trials]


class StaticAnalyst:
    """Tells the whole taxonomy of every program, and finds nothing."""

    name = "taxonomy"

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """The same words for each trained program."""
        del card
        lines = ["What commonly goes wrong with rewards, and what helps:"]
        lines += [f"{a.name}: {a.meaning} {a.advice}" for a in TAXONOMY]
        words = Analysis(text="\n".join(lines))
        return [words if trial.evaluation is not None else None for trial in trials]


class DeferringAnalyst:
    """Leaves the looking to the designer, whose coder's model plays the analyst."""

    name = "coder"

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """No analysis."""
        del card
        return [None for _ in trials]
