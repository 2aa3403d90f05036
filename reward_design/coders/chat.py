"""A coder that asks a language model, with every request recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alignenv.reward_design.llm.budget import Price
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatModel, ChatReply, ChatRequest, Message
from alignenv.reward_design.parsing import ParsedReply, parse_reply
from alignenv.reward_design.prompts.render import reflection_prompt
from alignenv.reward_design.prompts.turns import criticism, failures, opening, program, repair
from alignenv.types import Answer, Brief, Draft, Failure, FailureKind, Trial, Turn

if TYPE_CHECKING:
    from alignenv.reward_design.coders.specs import CoderSettings

MAX_TOKENS = 8192
"""Longest reply, reasoning included."""


class ChatCoder:
    """Writes one program per reply.

    The context is that of Eureka: the task, then the program to improve and how its training
    went, or the program that failed and why. With several parents, or when all failed, the drafts
    take turns.

    Args:
        name: Name in candidates, such as `gpt-5`.
        recorder: The model behind its journal and budget.
        max_tokens: Longest reply.
        temperature: Sampling temperature.
    """

    def __init__(
        self,
        name: str,
        recorder: Recorder,
        *,
        max_tokens: int = MAX_TOKENS,
        temperature: float = 1.0,
    ) -> None:
        self.name = name
        self._recorder = recorder
        self._max_tokens, self._temperature = max_tokens, temperature

    @classmethod
    def over(
        cls,
        model: ChatModel,
        settings: CoderSettings,
        price: Price | None,
        *,
        like: ChatRequest | None = None,
    ) -> ChatCoder:
        """A coder over a model, recording as the settings say.

        Args:
            model: Who answers.
            settings: Journal, budget and retries.
            price: Price of the model.
            like: A request whose length and temperature are kept, for replays.
        """
        recorder = Recorder(
            model, settings.journal, budget=settings.budget, price=price, retry=settings.retry
        )
        if like is None:
            return cls(model.name, recorder)
        return cls(model.name, recorder, max_tokens=like.max_tokens, temperature=like.temperature)

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """Ask for `n` programs at once.

        Raises:
            BudgetExceeded: The requests could pass a cap.
            LLMError: The model could not be reached, or refused; what was answered is recorded.
        """
        bases = _bases(brief)
        return self._answers([(brief, bases[i % len(bases)], brief.slot + i) for i in range(n)])

    def write_each(self, briefs: Sequence[Brief]) -> Sequence[Draft]:
        """Ask for one program per brief, all at once.

        Raises:
            BudgetExceeded: The requests could pass a cap.
            LLMError: The model could not be reached, or refused; what was answered is recorded.
        """
        return self._answers([(brief, _bases(brief)[0], brief.slot) for brief in briefs])

    def talk(self, conversations: Sequence[Sequence[Turn]], slot: int) -> Sequence[Answer]:
        """Ask for words, all at once; `slot` numbers the first request.

        Raises:
            BudgetExceeded: The requests could pass a cap.
            LLMError: The model could not be reached, or refused; what was answered is recorded.
        """
        requests = [self._asking(turns, slot + i) for i, turns in enumerate(conversations)]
        replies = self._recorder.complete(requests)
        return [
            Answer(text=reply.text, request=request.id)
            for request, reply in zip(requests, replies, strict=True)
        ]

    def _answers(self, asked: Sequence[tuple[Brief, Trial | None, int]]) -> list[Draft]:
        requests = [self._request(brief, base, slot) for brief, base, slot in asked]
        replies = self._recorder.complete(requests)
        return [
            _draft(reply, request, _parents(brief, base))
            for (brief, base, _), request, reply in zip(asked, requests, replies, strict=True)
        ]

    def _request(self, brief: Brief, base: Trial | None, slot: int) -> ChatRequest:
        turns = brief.turns or _conversation(brief, base)
        return self._asking((*turns, *criticism(brief.sent_back)), slot)

    def _asking(self, turns: Sequence[Turn], slot: int) -> ChatRequest:
        return ChatRequest(
            model=self._recorder.model.name,
            messages=tuple(Message(turn.role, turn.text) for turn in turns),
            slot=slot,
            max_tokens=self._max_tokens,
            temperature=self._temperature,
        )


def _bases(brief: Brief) -> Sequence[Trial | None]:
    """What the drafts start from: parents, else what failed, else nothing."""
    return brief.parents or brief.failed or (None,)


def _parents(brief: Brief, base: Trial | None) -> tuple[str, ...]:
    """Ids of what a draft was made from: all that a designer's own words show, or the base."""
    shown = _bases(brief) if brief.turns else (base,)
    return tuple(trial.candidate.id for trial in shown if trial is not None)


def _conversation(brief: Brief, base: Trial | None) -> tuple[Turn, ...]:
    begun = opening(brief.card)
    if base is None:
        return begun
    if base.evaluation is None:
        assert base.failure is not None, "a trial has an evaluation or a failure"
        return repair(begun, base.candidate.source, base.failure)
    refused = failures(brief.failed)
    answer = reflection_prompt(base.evaluation, refused, brief.comment, base.analysis)
    return (*begun, program(base.candidate.source), Turn("user", answer))


def _draft(reply: ChatReply, request: ChatRequest, parents: tuple[str, ...]) -> Draft:
    parsed = _parse(reply)
    if isinstance(parsed, Failure):
        return Draft(source="", parents=parents, requests=(request.id,), failure=parsed)
    return Draft(source=parsed.source, parents=parents, requests=(request.id,), note=parsed.note)


def _parse(reply: ChatReply) -> ParsedReply | Failure:
    if reply.finish_reason == "content_filter" and not reply.text.strip():
        text = "The provider's content filter held the reply back."
        return Failure(kind=FailureKind.NO_CODE, message=text)
    return parse_reply(reply.text, is_cut_off=reply.finish_reason == "length")
