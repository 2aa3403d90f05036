"""Auto MC-Reward: a designer, a critic and an analyst, and rewards of which only signs are chosen.

Li, Yang, Wang, Zhu, Zhou, Qiao, Wang, Li, Lu and Dai, "Auto MC-Reward: Automated Dense Reward
Design with Large Language Models for Minecraft", CVPR 2024, section 3 and figure 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field

from alignenv.reward_design.analysts.chat import conversation, from_answer
from alignenv.reward_design.analysts.episodes import SOLVED
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.analysts.text import told
from alignenv.reward_design.archive import ranked
from alignenv.reward_design.critic.rounds import written_again
from alignenv.reward_design.designers import critics
from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.reward_design.designers.signs import with_fixed_magnitudes
from alignenv.reward_design.prompts import render, turns
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Talker, Trial, Turn


class AutoMcRewardOptions(DesignerOptions):
    """What may be set of Auto MC-Reward."""

    rounds: int = Field(
        default=3, ge=0, description="Most times that the critic may send a program back."
    )
    faithful: bool = Field(
        default=False,
        description="Go on from the last generation even if worse; the model criticises alone.",
    )

    LATER = ("faithful",)


class AutoMcReward(GenerationalDesigner):
    """Designer, critic and analyst: criticism before a training, explanations after it.

    A program chooses only the signs of a sparse and a dense part, which pay 1 and 0.1. With a coder
    without words, critic and analyst go by rules.

    Args:
        coder: Who writes; its model also plays the critic and the analyst.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
    """

    Options = AutoMcRewardOptions

    plays_analyst: ClassVar[bool] = True
    """Its coder's model plays the analyst, unless another one is asked for."""

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: AutoMcRewardOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or AutoMcRewardOptions()
        self._best: Trial | None = None
        self._failed: dict[int, Trial] = {}
        self._n_rejected = self._n_rejected_now = 0

    def propose(self, n: int) -> Sequence[Draft]:
        """Programs that answer the analysis and the critic, with their magnitudes fixed."""
        analysis = self._analysis()
        briefs = [self._brief_after(analysis, position) for position in range(n)]
        drafts = self._criticised(list(self.write_each(briefs)), briefs)
        return [replace(d, source=self.trained_form(d.source)) for d in drafts]

    @staticmethod
    def most_requests(options: AutoMcRewardOptions) -> int:
        """Per candidate: each version, the critic's word on it, and the analyst's."""
        return 2 + 2 * options.rounds

    @staticmethod
    def trained_form(source: str) -> str:
        """The program with its magnitudes fixed, where it has the form for it."""
        return with_fixed_magnitudes(source) or source

    def learn(self, trials: Sequence[Trial]) -> None:
        """Keep the best program, whose failures are looked at next, and what did not run."""
        fresh = ranked(trials)
        kept = [] if self._best is None or (self._options.faithful and fresh) else [self._best]
        self._best = next(iter(ranked([*kept, *fresh])), None)
        self._failed = {self.position(t): t for t in coders_failures(trials)}
        self._n_rejected += self._n_rejected_now

    def facts(self) -> Mapping[str, Any]:
        """How often the critic sent a program back."""
        return {"rejected": self._n_rejected}

    def _analysis(self) -> str:
        """What went wrong in the failed episodes of the best program's agent.

        Another analyst's words, where the search has one; otherwise the coder's model plays it.
        """
        best = self._best
        if best is None or best.analysis is not None:
            return told(best.analysis) if best is not None else ""
        if best.evaluation is None or best.evaluation.score.success >= SOLVED:
            return ""
        if answers := self.talk([conversation(self.card, best)]):
            return told(from_answer(self.card, best, answers[0]))
        return told(RulesAnalyst().analyse(self.card, [best])[0])

    def _brief_after(self, analysis: str, position: int) -> Mapping[str, Any]:
        """Improve the best program, or repair what did not run, or write anew."""
        opening = (
            Turn("system", render.amc_designer_prompt()),
            Turn("user", render.task_prompt(self.card)),
        )
        if self._best is not None and analysis:
            shown = turns.program(self._best.candidate.source)
            refused = turns.failures(list(self._failed.values()))
            answer = Turn("user", render.amc_next_prompt(analysis, refused))
            return {"parents": (self._best,), "turns": (*opening, shown, answer)}
        if (failed := self._failed.get(position)) and failed.failure:
            words = turns.repair(opening, failed.candidate.source, failed.failure)
            return {"failed": (failed,), "turns": words}
        return {"turns": opening}

    def _criticised(
        self, drafts: list[Draft], briefs: Sequence[Mapping[str, Any]]
    ) -> Sequence[Draft]:
        """Drafts that the critic accepts, or that have been sent back as often as is allowed."""
        self._n_rejected_now = 0

        def faulty(waiting: Mapping[int, Draft]) -> dict[int, tuple[Draft, str]]:
            faults = {i: (waiting[i], why) for i, why in self._faults(waiting).items()}
            self._n_rejected_now += len(faults)
            return faults

        def again(faults: Mapping[int, tuple[Draft, str]]) -> Sequence[Draft]:
            return self.write_each([_sent_back(briefs[i], *told) for i, told in faults.items()])

        return written_again(drafts, faulty, again, self._options.rounds)

    def _faults(self, drafts: Mapping[int, Draft]) -> dict[int, str]:
        """Criticism by position: the rules' first, and the model's of what the rules let pass."""
        is_alone = self._options.faithful and isinstance(self.coder, Talker)
        by_rule = {i: d for i, d in drafts.items() if not (is_alone and d.source)}
        faults = {i: critics.by_rule(draft, self.card) for i, draft in by_rule.items()}
        sound = [i for i in drafts if not faults.get(i)]
        answers = self.talk([critics.conversation(drafts[i], self.card) for i in sound])
        for i, answer in zip(sound, answers or (), strict=bool(answers)):
            faults[i] = critics.verdict(answer.text)
        return {i: fault for i, fault in faults.items() if fault}


def _sent_back(brief: Mapping[str, Any], draft: Draft, fault: str) -> Mapping[str, Any]:
    """The brief again, going on with the draft and what is wrong with it."""
    answer = Turn("user", render.amc_rewrite_prompt(fault))
    if not draft.source:
        opening = brief["turns"]
        return {
            **brief,
            "turns": (*opening[:-1], Turn("user", f"{opening[-1].text}\n{answer.text}")),
        }
    return {**brief, "turns": (*brief["turns"], turns.program(draft.source), answer)}
