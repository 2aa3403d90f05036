"""Eureka: sample programs, train on them, show the best one's reflection, sample again.

Ma et al., "Eureka: Human-Level Reward Design via Coding Large Language Models", ICLR 2024,
sections 3.2 and 3.3; a person's words and a person's reward, section 4.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from alignenv.archive import Archive
from alignenv.reward_design.archive import make_archive, promise, ranked
from alignenv.reward_design.designers.base import ArchiveName, DesignerOptions, coders_failures
from alignenv.reward_design.designers.commented import CommentedDesigner
from alignenv.reward_design.designers.comments import Commenter, Comments, CommentsFile
from alignenv.reward_design.designers.programs import ProgramText
from alignenv.reward_design.prompts import render, turns
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial, Turn


class EurekaOptions(DesignerOptions):
    """What may be set of Eureka."""

    parents: int = Field(default=1, ge=1, description="Best programs shown; 1 in the paper.")
    restart_every: int = Field(
        default=0, ge=0, description="Generations after which to begin anew; 0 for never."
    )
    start: ProgramText = Field(
        default="", description="A first program: a reference reward such as human, or a FILE.py."
    )
    comment: str = Field(default="", description="A person's words, put into every reflection.")
    comments: CommentsFile | None = Field(
        default=None,
        exclude=True,
        description="FILE of a person's words, one block for each generation.",
    )
    reflection: Literal["figures", "metrics", "nothing"] = Field(
        default="figures",
        description="Shown of a training: all figures, success and length (metrics), or nothing.",
    )
    faithful: bool = Field(
        default=False, description="Replace the incumbent by a generation's best even if worse."
    )
    archive: ArchiveName = Field(
        default="elites", description="What is kept and shown: elites, cells, or another archive."
    )

    LATER = ("archive",)


class Eureka(CommentedDesigner):
    """In-context hill climbing with K samples a step.

    Every program of a generation is written from one context: the best program so far and how
    its training went, component by component.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
        comments: Who comments, in place of what the options name.
    """

    Options = EurekaOptions

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: EurekaOptions | None = None,
        *,
        comments: Commenter | None = None,
    ) -> None:
        self._options = options or EurekaOptions()
        said = comments or Comments(self._options.comment, self._options.comments)
        super().__init__(coder, card, seed, self._options, said)
        self._comment = ""
        self._best = self._empty()
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        """A given program first, then samples from the incumbent, its reflection and failures."""
        given = []
        if self.generation == 0 and self._options.start:
            given = [Draft(source=self._options.start, coder="given", note="given to start from")]
        if len(given) == n:
            return given
        parents = self._best.best(self._options.parents)
        if parents and self._options.reflection != "figures":
            shown = [self._shown(parents[i % len(parents)]) for i in range(n - len(given))]
            return [*given, *self.write_each(shown)]
        written = self.write(
            n - len(given), parents=parents, failed=self._failed, comment=self._comment
        )
        return [*given, *written]

    def _shown(self, parent: Trial) -> Mapping[str, Any]:
        """A brief that shows one parent with less than its figures, to any kind of coder."""
        assert parent.evaluation is not None, "elites are trained"
        has_metrics = self._options.reflection == "metrics"
        words = render.again_prompt(
            parent.evaluation if has_metrics else None, turns.failures(self._failed), self._comment
        )
        program = turns.program(parent.candidate.source)
        bare = replace(parent.evaluation, components={}, curve=(), episodes=())
        return {
            "parents": (replace(parent, evaluation=bare),),
            "failed": self._failed,
            "turns": (*turns.opening(self.card), program, Turn("user", words)),
        }

    def learn(self, trials: Sequence[Trial]) -> None:
        """Keep the best of all generations, and remember what failed in this one."""
        if self._is_over(self.generation + 1):
            self._best, self._failed, self._comment = self._empty(), (), ""
            return
        self._comment = self.hear(trials)
        if self._options.faithful and ranked(trials):
            self._best = self._empty()
        for trial in ranked(trials, promise):
            self._best.add(trial)
        self._failed = coders_failures(trials)

    def discussed(self, trials: Sequence[Trial]) -> Trial | None:
        """The incumbent that these trials leave; none where a restart follows."""
        if self._is_over(self.generation + 1):
            return None
        fresh = ranked(trials, promise)
        kept = () if self._options.faithful and fresh else self._best.best()
        return next(iter(ranked([*kept, *fresh], promise)), None)

    def _empty(self) -> Archive:
        return make_archive(self._options.archive, self._options.parents, promise)

    def _is_over(self, n_generations: int) -> bool:
        every = self._options.restart_every
        return every > 0 and n_generations % every == 0
