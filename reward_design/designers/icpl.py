"""ICPL: in-context preference learning, from nothing but which agents were liked best and least.

Yu, Tan, Lu, Gao, Yang, Wang, Wu and Vinitsky, "ICPL: Few-shot In-context Preference Learning via
LLMs", 2024, arXiv:2410.17233, figure 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.reward_design.designers.comments import CommentsFile
from alignenv.reward_design.designers.preferences import (
    FileJudge,
    Judge,
    Ranking,
    Showing,
    SuccessJudge,
    blinded,
    comparable,
)
from alignenv.reward_design.prompts import turns
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class IcplOptions(DesignerOptions):
    """What may be set of ICPL."""

    ranking: CommentsFile | None = Field(
        default=None,
        exclude=True,
        description="FILE with a person's line `best ID worst ID` for each generation.",
    )
    faithful: bool = Field(
        default=False, description="Compare new agents alone; what was liked before is let go."
    )

    LATER = ("faithful",)


class Icpl(GenerationalDesigner):
    """Learns from preferences alone: which agent was liked best, which least.

    The coder sees both programs and their components, and no measure of success. Comparisons are
    counted; without a person, TRUE success answers them.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
        judge: Who compares, in place of what the options name.
    """

    Options = IcplOptions

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: IcplOptions | None = None,
        *,
        judge: Judge | None = None,
    ) -> None:
        super().__init__(coder, card, seed)
        options = options or IcplOptions()
        path, self._faithful = options.ranking, options.faithful
        self._judge = judge or (FileJudge(path) if path else SuccessJudge())
        self._last: Ranking | None = None
        self._n_compared = self._queries = 0
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        """Programs from the task alone, then from the last ranking and what failed."""
        if self._last is None:
            return self.write(n, failed=self._failed)
        best, worst = blinded(self._last.best), blinded(self._last.worst)
        words = turns.preference(
            self.card,
            best,
            worst,
            self._failed,
            n_programs=self._n_compared,
            is_kept=best.candidate.generation < self.generation - 1,
        )
        return self.write(n, parents=(best,), failed=self._failed, turns=words)

    def learn(self, trials: Sequence[Trial]) -> None:
        """Have this generation compared, together with what was liked best before."""
        compared = self._compared(trials)
        self._failed = coders_failures(trials)
        if not compared:
            return
        self._last = self._judge.rank(self.generation, compared)
        self._n_compared = len(compared)
        self._queries += self._last.queries

    @property
    def asks_person(self) -> bool:
        """Whether a person ranks the agents."""
        return isinstance(self._judge, FileJudge)

    def showing(self, trials: Sequence[Trial]) -> Showing | None:
        """All that are compared, where a person compares them."""
        compared = self._compared(trials)
        if not isinstance(self._judge, FileJudge) or not compared:
            return None
        return Showing(tuple(compared), (), self._judge.wish(self.generation))

    def answer(self) -> Sequence[str]:
        """The last ranking, as a person writes it."""
        return [self._last.line] if self._last else []

    def _compared(self, trials: Sequence[Trial]) -> list[Trial]:
        """The agents of this generation, after what was liked best before; none without new."""
        fresh, last = comparable(trials), None if self._faithful else self._last
        return [last.best, *fresh] if last is not None and fresh else fresh

    def choice(self) -> str | None:
        """The candidate that was liked best in the end; None when none was trained."""
        return self._last.best.candidate.id if self._last else None

    def facts(self) -> Mapping[str, Any]:
        """How many comparisons of two agents were asked for."""
        return {"queries": self._queries}
