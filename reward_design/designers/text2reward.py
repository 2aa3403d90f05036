"""Text2Reward: from a goal in words and typed fields to a dense reward, with a person's feedback.

Xie, Zhao, Wu, Liu, Luo, Zhong, Yang and Yu, "Text2Reward: Reward Shaping with Language Models for
Reinforcement Learning", ICLR 2024, section 2 and figure 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from alignenv.reward_design.archive import ranked
from alignenv.reward_design.designers.base import DesignerOptions
from alignenv.reward_design.designers.commented import CommentedDesigner
from alignenv.reward_design.designers.comments import Commenter, Comments, CommentsFile
from alignenv.reward_design.designers.execution import Runs, mended
from alignenv.reward_design.prompts import render, turns
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial, Turn


class Text2RewardOptions(DesignerOptions):
    """What may be set of Text2Reward."""

    examples: int = Field(
        default=0, ge=0, description="Solved examples shown, the nearest first; 0 for zero-shot."
    )
    repairs: int = Field(
        default=3, ge=0, description="Most attempts to repair a program before it is trained."
    )
    comments: CommentsFile | None = Field(
        default=None,
        exclude=True,
        description="FILE of a person's words, one block for each generation; none without.",
    )
    faithful: bool = Field(
        default=False,
        description="One program at a time; words rewrite the last one, which is the result.",
    )

    LATER = ("faithful",)


class Text2Reward(CommentedDesigner):
    """Dense rewards from the goal and the task as Python types, repaired until they run.

    Figures of a training are never shown. What a person says about the best agent is: then the
    next generation rewrites its program as asked.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
        comments: Who comments, in place of what the options name.
    """

    Options = Text2RewardOptions

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: Text2RewardOptions | None = None,
        *,
        comments: Commenter | None = None,
    ) -> None:
        self._options = options or Text2RewardOptions()
        said = comments or Comments(path=self._options.comments)
        super().__init__(coder, card, seed, self._options, said)
        self._runs: Runs | None = None
        self._said: tuple[str, ...] = ()
        self._kept: Trial | None = None
        self._failed: dict[int, Trial] = {}

    @staticmethod
    def most_requests(options: Text2RewardOptions) -> int:
        """Per candidate: the first version and its repairs."""
        return 1 + options.repairs

    def use(self, runs: Runs) -> None:
        """Run programs there before they are proposed, and repair those that do not run."""
        self._runs = runs

    def propose(self, n: int) -> Sequence[Draft]:
        """Rewrite as a person asked, repair what did not run, or write anew; then check and run."""
        briefs = [self._next(position) for position in range(1 if self._options.faithful else n)]
        return mended(self, self.write_each(briefs), briefs, self._options.repairs, self._runs)

    def learn(self, trials: Sequence[Trial]) -> None:
        """Ask the person about the agent that is kept, and remember what did not run."""
        if comment := self.hear(trials):
            self._said = (*self._said, comment)
        self._kept = self.discussed(trials)
        self._failed = {
            self.position(t): t for t in trials if t.failure and t.failure.kind.is_coders
        }

    def discussed(self, trials: Sequence[Trial]) -> Trial | None:
        """The best so far, or the last that was trained where `faithful`."""
        if self._options.faithful:
            return next((t for t in reversed(trials) if t.evaluation), self._kept)
        return next(iter(ranked([*([self._kept] if self._kept else []), *trials])), None)

    def choice(self) -> str | None:
        """The last program that was trained where `faithful`; otherwise TRUE success chooses."""
        last = self._kept if self._options.faithful else None
        return last.candidate.id if last is not None else None

    def facts(self) -> Mapping[str, Any]:
        """How often a person said something."""
        return {"comments": len(self._said)}

    def _next(self, position: int) -> Mapping[str, Any]:
        system, task = render.text2reward_prompts(self.card, self._options.examples)
        opening = (Turn("system", system), Turn("user", task))
        if (failed := self._failed.get(position)) and failed.failure:
            words = turns.repair(opening, failed.candidate.source, failed.failure)
            return {"failed": (failed,), "turns": words}
        if self._said and self._kept:
            feedback = render.text2reward_feedback_prompt(self._said)
            shown = turns.program(self._kept.candidate.source)
            return {"parents": (self._kept,), "turns": (*opening, shown, Turn("user", feedback))}
        return {"turns": opening}
