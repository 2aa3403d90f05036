"""Who likes which agent better: a stand-in that knows TRUE success, or a person by a file.

Only the outcome of a comparison leaves this module, never a figure that it was made with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from alignenv.errors import ConfigError
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.llm.offline import read_text
from alignenv.types import Score, Trial

_LINE = re.compile(r"best\s+(\S+)\s+worst\s+(\S+)")
_CHOICE = re.compile(r"([AB=])\s+(\S+)\s+([^\s:]+)(?:\s*:\s*(\S.*))?")

Pair = tuple[str, str]
"""Ids of two candidates whose agents are shown side by side, as A and B."""


class Showing(NamedTuple):
    """What a person is to see before the outcomes of a generation are told.

    Attributes:
        agents: Those that are compared.
        pairs: Which two at a time; none where all are compared at once.
        wish: What the person is asked to write, and where.
    """

    agents: tuple[Trial, ...]
    pairs: tuple[Pair, ...]
    wish: str


@runtime_checkable
class Showable(Protocol):
    """A designer that may ask a person about the agents of a generation."""

    @property
    def asks_person(self) -> bool:
        """Whether a person is asked at all."""
        ...

    def showing(self, trials: Sequence[Trial]) -> Showing | None:
        """What a person is to see of these trials before `tell`; None where none is asked."""
        ...

    def answer(self) -> Sequence[str]:
        """What the person wrote about the generation that was told last, line by line."""
        ...


def blinded(trial: Trial) -> Trial:
    """A trial without anything that tells how well its agent did."""
    evaluation = trial.evaluation
    assert evaluation is not None, "only trained programs are compared"
    nothing = Score(
        success=0.0,
        success_greedy=0.0,
        milestones=0.0,
        mean_length=evaluation.score.mean_length,
        n_episodes=0,
    )
    curve = tuple(replace(point, success=None) for point in evaluation.curve)
    seen = replace(evaluation, score=nothing, stopped_at=None, curve=curve, episodes=())
    return replace(trial, evaluation=seen, analysis=None)


def comparable(trials: Sequence[Trial]) -> list[Trial]:
    """Trials with an agent of their own: trained, and not paid as another one is."""
    return [trial for trial in trials if trial.own is not None]


class Ranking(NamedTuple):
    """What was liked best and least, and how many comparisons of two it took."""

    best: Trial
    worst: Trial
    queries: int

    @property
    def line(self) -> str:
        """As a person writes it."""
        return f"best {self.best.candidate.id} worst {self.worst.candidate.id}"


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

    def wish(self, generation: int) -> str:
        """What the person is asked to write."""
        return f"Write line {generation + 1} of {self._path.name}: best ID worst ID"

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


class Choice(NamedTuple):
    """Which agent of a pair was liked better: `A` the first, `B` the second, `=` neither.

    `words` say why; empty for nothing.
    """

    verdict: str
    a: str
    b: str
    words: str = ""

    @property
    def line(self) -> str:
        """As a person writes it."""
        chosen = f"{self.verdict} {self.a} {self.b}"
        return f"{chosen}: {self.words}" if self.words else chosen

    def remark(self, about: str) -> str:
        """What was said, as a remark about one of the two; empty where nothing was."""
        if not self.words:
            return ""
        liked = {"A": self.a, "B": self.b}.get(self.verdict)
        place = (
            "no better and no worse" if liked is None else "better" if liked == about else "less"
        )
        return f"liked {place} than another: {self.words}"


class Chooser(Protocol):
    """Compares two agents at a time."""

    def choose(
        self, generation: int, pairs: Sequence[Pair], trials: Sequence[Trial]
    ) -> Sequence[Choice]:
        """Choices about this generation: at least one for each pair, in the order made."""
        ...


class SuccessChooser:
    """Prefers the agent with more TRUE success, then more true progress; equals are a tie."""

    def choose(
        self,
        generation: int,  # noqa: ARG002 - all are alike
        pairs: Sequence[Pair],
        trials: Sequence[Trial],
    ) -> Sequence[Choice]:
        """One choice for each pair."""
        merit = {trial.candidate.id: trial.merit[1:3] for trial in trials}
        return [Choice(_sign(merit[a], merit[b]), a, b) for a, b in pairs]


def _sign(a: tuple[float, ...], b: tuple[float, ...]) -> str:
    if a == b:
        return "="
    return "A" if a > b else "B"


class ChoicesFile:
    """A person, or several, who watch pairs of agents and write one line for each choice.

    A line is `A ID ID` where the first was liked better, `B ID ID` for the second and `= ID ID`
    for neither; words may follow after a colon. A line `generation N`, from 0, says which
    generation those below it are about. Empty lines and lines that begin with # are skipped. A pair
    may be named in either order and more than once; each line counts.

    Args:
        path: The file; it may grow while the search waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def wish(self, generation: int) -> str:
        """What the person is asked to write."""
        return (
            f"Write into {self._path.name} a line generation {generation}, and below it a line for "
            "each pair: A ID ID if you like the first better, B ID ID for the second, = ID ID for "
            "neither; and after a colon why, if you wish"
        )

    def choose(
        self, generation: int, pairs: Sequence[Pair], trials: Sequence[Trial]
    ) -> Sequence[Choice]:
        """What the file says about a generation.

        Raises:
            PersonNeeded: It does not compare all pairs yet.
            ConfigError: A line has another form, or names other candidates.
        """
        found = self._read(generation, {trial.candidate.id for trial in trials})
        seen = Counter(frozenset((choice.a, choice.b)) for choice in found)
        missing = [pair for pair in pairs if not seen[frozenset(pair)]]
        if missing:
            shown = ", ".join(f"{a} {b}" for a, b in missing)
            raise PersonNeeded(
                f"{self._path} does not compare all pairs of generation {generation} yet: {shown}.",
                cure=f"{self.wish(generation)}. Then continue with --resume.",
            )
        return found

    def _read(self, generation: int, known: set[str]) -> list[Choice]:
        lines = read_text(self._path).splitlines() if self._path.exists() else []
        found, about = [], -1
        for number, line in enumerate(map(str.strip, lines), start=1):
            if not line or line.startswith("#"):
                continue
            if (headline := re.fullmatch(r"generation\s+(\d+)", line)) is not None:
                about = int(headline[1])
                continue
            match = _CHOICE.fullmatch(line)
            is_known = match is not None and {match[2], match[3]} <= known and match[2] != match[3]
            if match is None or about < 0 or (about == generation and not is_known):
                raise ConfigError(
                    f"Line {number} of {self._path} is {line!r}.",
                    cure="Write `A ID ID`, `B ID ID` or `= ID ID`, with `: words` if you wish, "
                    f"below a line `generation N`; ids of generation {generation} are "
                    f"{', '.join(sorted(known))}.",
                )
            if about == generation:
                found.append(Choice(match[1], match[2], match[3], match[4] or ""))
        return found
