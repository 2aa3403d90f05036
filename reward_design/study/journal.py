"""The journal of model requests, kept in a study: see `alignenv.reward_design.llm.types.Journal`.

A request, its attempts and its reply are events of their own. An attempt without an end was in
flight when its process died, so it stays counted at its worst case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Spend
from alignenv.reward_design.study.events import Event, EventLog
from alignenv.reward_design.study.files import FileStore, to_bytes, to_text

REQUEST = "request.json"
REPLY = "reply.txt"


class StudyJournal:
    """Durable memory of requests, attempts, replies and spend.

    Args:
        log: Where the events go.
        files: Where prompts and replies go.
        writing: Gives a context that explains failed writes; its argument says what is written.
    """

    def __init__(
        self,
        log: EventLog,
        files: FileStore,
        writing: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._log, self._files, self._writing = log, files, writing

    def find_reply(self, request_id: str) -> ChatReply | None:
        """The recorded reply to a request, or None."""
        event = self._log.find("reply", request_id)
        return None if event is None else self._read_reply(event)

    def reserve(self, request: ChatRequest, worst: Spend) -> int:
        """Record an attempt before it is sent; returns its number, from 1."""
        with self._writing(f"recording request {request.id}"):
            prompt = self._files.put(json.dumps(request.to_json()).encode())
            facts = {"model": request.model, "slot": request.slot}
            asked = Event(kind="request", key=request.id, document=facts, files={REQUEST: prompt})
            number = 1
            while self._log.find("attempt", _attempt_key(request.id, number)):
                number += 1
            attempt = Event(
                kind="attempt", key=_attempt_key(request.id, number), document=asdict(worst)
            )
            self._log.append(asked, attempt)
        return number

    def record(self, request_id: str, attempt: int, reply: ChatReply, spend: Spend) -> None:
        """Record the reply of an attempt with what it cost, in one step."""
        with self._writing(f"recording the reply to {request_id}"):
            document = reply.to_json()
            files = {REPLY: self._files.put(to_bytes(document.pop("text")))}
            self._log.append(
                Event(kind="reply", key=request_id, document=document, files=files),
                _end(request_id, attempt, "reply", spend),
            )

    def drop(self, request_id: str, attempt: int, reason: str, spend: Spend) -> None:
        """Record that an attempt ended without a reply, and what is counted for it."""
        with self._writing(f"recording a failed attempt of {request_id}"):
            self._log.append(_end(request_id, attempt, reason, spend))

    def totals(self) -> Spend:
        """Everything so far: ended attempts at their cost, open ones at their worst case."""
        spends = {event.key: event for event in self._log.all_of("attempt")}
        spends |= {event.key: event for event in self._log.all_of("attempt-end")}
        costs = [Spend(**{k: event.document[k] for k in _SPEND}) for event in spends.values()]
        return sum(costs, Spend())

    def recording(self) -> list[tuple[ChatRequest, ChatReply]]:
        """Every answered request with its reply, in the order answered; what `replay:` needs."""
        replies = sorted(self._log.all_of("reply"), key=lambda event: (event.time, event.key))
        asked = {event.key: event for event in self._log.all_of("request")}
        return [
            (
                ChatRequest.from_json(json.loads(self._files.get(asked[e.key].files[REQUEST]))),
                self._read_reply(e),
            )
            for e in replies
        ]

    def _read_reply(self, event: Event) -> ChatReply:
        text = to_text(self._files.get(event.files[REPLY]))
        return ChatReply.from_json({**event.document, "text": text})


_SPEND = ("calls", "tokens", "micro_usd", "estimated")


def _attempt_key(request_id: str, number: int) -> str:
    return f"{request_id}/{number}"


def _end(request_id: str, attempt: int, reason: str, spend: Spend) -> Event:
    return Event(
        kind="attempt-end",
        key=_attempt_key(request_id, attempt),
        document={"reason": reason, **asdict(spend)},
    )
