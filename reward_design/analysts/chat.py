"""The analyst as a language model: its own prompts, its own model, every request recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alignenv.analysis import Analysis
from alignenv.reward_design.analysts.case import Case
from alignenv.reward_design.analysts.episodes import SOLVED
from alignenv.reward_design.analysts.replies import read_reply
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.analysts.text import describe, gap
from alignenv.reward_design.prompts import render
from alignenv.task import TaskCard
from alignenv.types import Answer, Episode, Talker, Trial, Turn

N_STEPS = 10
"""Last states of a failed episode that are shown."""

MAX_ITEMS = 4
"""Items of a vector or grid that are shown of a state."""

N_EPISODES = 3
"""Failed episodes that are shown."""


class ChatAnalyst:
    """Asks a language model about the best program of a generation, and goes by rules elsewhere.

    Args:
        name: Spec of the analyst.
        talker: The model, behind its journal and its budget.
    """

    def __init__(self, name: str, talker: Talker) -> None:
        self.name = name
        self._talker = talker
        self._rules = RulesAnalyst()
        self._n_asked = 0

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """One analysis per trained program.

        Raises:
            BudgetExceeded: The request could pass a cap.
            LLMError: The model could not be reached, or refused.
        """
        analyses = list(self._rules.analyse(card, trials))
        asked = _best_unsolved(trials)
        if asked is None:
            return analyses
        answers = self._talker.talk([conversation(card, trials[asked])], self._n_asked)
        self._n_asked += 1
        analyses[asked] = from_answer(card, trials[asked], answers[0])
        return analyses


def _best_unsolved(trials: Sequence[Trial]) -> int | None:
    """Position of the best trained program; None where it solves the task or there is none."""
    trained = [i for i, trial in enumerate(trials) if trial.evaluation is not None]
    best = max(trained, key=lambda i: trials[i].merit, default=None)
    evaluation = trials[best].evaluation if best is not None else None
    return None if evaluation is None or evaluation.score.success >= SOLVED else best


def conversation(card: TaskCard, trial: Trial) -> tuple[Turn, ...]:
    """What a language model is asked about a trained program."""
    case = Case(card, trial)
    episodes = [e for e in case.failures() if e.states][:N_EPISODES]
    shown = [{"length": e.length, "steps": _last_steps(e)} for e in episodes]
    source = trial.candidate.source
    system, user = render.analyst_prompts(card, source, case.evaluation, describe(case), shown)
    return (Turn("system", system), Turn("user", user))


def from_answer(card: TaskCard, trial: Trial, answer: Answer) -> Analysis:
    """What a language model said of a trained program, beside what was seen of it."""
    case = Case(card, trial)
    length = case.failed.length if case.failed is not None else 0
    said = read_reply(answer.text, card, case.evaluation, length)
    return replace(said, text=describe(case), gap=gap(case), requests=(answer.request,))


def _last_steps(episode: Episode) -> str:
    """One line per state, the last one at the end."""
    states = episode.states[-N_STEPS:]
    first = episode.length - len(states) + 1
    return "\n".join(f"step {first + i}: {_values(state)}" for i, state in enumerate(states))


def _values(state: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in state.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        items = [_short(item) for item in value[:MAX_ITEMS]]
        return f"[{' '.join(items)}{' ...' if len(value) > MAX_ITEMS else ''}]"
    return str(value)
