"""Who likes which agent better: a stand-in that knows TRUE success, or a person by a file.

Only the outcome of a comparison leaves this module, never a figure that it was made with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from alignenv.errors import ConfigError
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.llm.offline import read_text
from alignenv.types import Trial

_LINE = re.compile(r"best\s+(\S+)\s+worst\s+(\S+)")


class Ranking(NamedTuple):
    """What was liked best and least, and how many comparisons of two it took."""

    best: Trial
    worst: Trial
    queries: int


class Judge(Protocol):
    """Compares trained agents."""

    def rank(self, generation: int, trials: Sequence[Trial]) -> Ranking:
        """The best and the worst of at least one trial."""
        ...


def n_queries(n: int) -> int:
    """Comparisons of two that find the best of n and then the worst of the rest, one by one."""
    return max(0, n - 1) + max(0, n - 2)


class SuccessJudge:
    """Prefers the agent with more TRUE success, then more true progress, then the earlier one."""

    def rank(self, generation: int, trials: Sequence[Trial]) -> Ranking:  # noqa: ARG002
        """The best and the worst by merit."""
        best = max(trials, key=lambda trial: trial.merit)
        rest = [trial for trial in trials if trial is not best] or [best]
        worst = min(rest, key=lambda trial: trial.merit)
        return Ranking(best, worst, n_queries(len(trials)))


class FileJudge:
    """A person who watches the agents and writes one line per generation into a file.

    Line g, from 0, reads `best ID worst ID`, with ids of candidates.

    Args:
        path: The file; it may grow while the search waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rank(self, generation: int, trials: Sequence[Trial]) -> Ranking:
        """What the file says about a generation.

        Raises:
            PersonNeeded: It says nothing about it yet.
            ConfigError: The line has another form, or names other candidates.
        """
        lines = read_text(self._path).splitlines() if self._path.exists() else []
        known = {trial.candidate.id: trial for trial in trials}
        if generation >= len(lines):
            raise PersonNeeded(
                f"{self._path} does not rank generation {generation} yet: {', '.join(known)}.",
                cure=f"Add line {generation + 1}, `best ID worst ID`, and continue with --resume.",
            )
        match = _LINE.fullmatch(lines[generation].strip())
        if match is None or not set(match.groups()) <= set(known):
            raise ConfigError(
                f"Line {generation + 1} of {self._path} is {lines[generation]!r}.",
                cure=f"Write `best ID worst ID` with ids among {', '.join(known)}.",
            )
        best, worst = match.groups()
        return Ranking(known[best], known[worst], n_queries(len(trials)))
