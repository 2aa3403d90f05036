"""What the language-model layer is made of: requests, replies, spend, and who keeps them.

One request is one paid call for one reply. It is identified by its content, so that a search that
is run again asks for the same ids and is served what was recorded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One call for one reply.

    Attributes:
        model: Name of the model, as the server knows it.
        messages: The conversation so far.
        slot: Position among the requests of its search, from 0; tells equal prompts apart.
        max_tokens: Most tokens of the reply.
        temperature: Sampling temperature.
    """

    model: str
    messages: tuple[Message, ...]
    slot: int
    max_tokens: int = 8192
    temperature: float = 1.0

    @property
    def id(self) -> str:
        """Hash of the whole request, 32 hex digits: equal content, equal id."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the journal and for `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ChatRequest:
        """The request that `to_json` described."""
        messages = tuple(Message(m["role"], m["content"]) for m in data["messages"])
        return cls(
            model=str(data["model"]),
            messages=messages,
            slot=int(data["slot"]),
            max_tokens=int(data["max_tokens"]),
            temperature=float(data["temperature"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What a model answered.

    Attributes:
        text: The reply; may be empty.
        finish_reason: `stop`, `length` (cut off at `max_tokens`), `content_filter`, or what the
            server said.
        prompt_tokens: Tokens billed for the request.
        completion_tokens: Tokens billed for the reply.
        estimated: Whether the two counts are ours because the server gave none.
    """

    text: str
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the journal and for `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ChatReply:
        """The reply that `to_json` described."""
        return cls(
            text=str(data["text"]),
            finish_reason=str(data["finish_reason"]),
            prompt_tokens=int(data["prompt_tokens"]),
            completion_tokens=int(data["completion_tokens"]),
            estimated=bool(data["estimated"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Calls, tokens and money, added exactly and in any order.

    Attributes:
        calls: Requests sent, retries included.
        tokens: Prompt and reply tokens.
        micro_usd: Millionths of a US dollar; 0 for a model without a price.
        estimated: Whether any part is an estimate.
    """

    calls: int = 0
    tokens: int = 0
    micro_usd: int = 0
    estimated: bool = False

    @property
    def usd(self) -> float:
        """US dollars."""
        return self.micro_usd / 1e6

    def __add__(self, other: Spend) -> Spend:
        return Spend(
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            micro_usd=self.micro_usd + other.micro_usd,
            estimated=self.estimated or other.estimated,
        )


class ChatModel(Protocol):
    """Answers one request at a time; no retries, no memory."""

    @property
    def name(self) -> str:
        """What goes into `ChatRequest.model`."""
        ...

    @property
    def parallel(self) -> int:
        """How many `complete` calls may run at once, in threads; 1 for a person."""
        ...

    def complete(self, request: ChatRequest) -> ChatReply:
        """Send the request once.

        Raises:
            LLMError: There is no reply; `retryable` says whether another attempt may help.
        """
        ...


class Journal(Protocol):
    """The durable memory of requests: what was asked, answered and paid.

    A `Recorder` calls it from one thread only. Every method that writes returns when the fact is
    on disk. An attempt that was reserved and neither recorded nor dropped was in flight when its
    process died: it stays counted at its worst case, and the request is asked again.
    """

    def find_reply(self, request_id: str) -> ChatReply | None:
        """The recorded reply to a request, or None when there is none."""
        ...

    def reserve(self, request: ChatRequest, worst: Spend) -> int:
        """Write down an attempt that is about to be sent, with the most it can cost.

        Returns:
            Number of the attempt for this request: 1, 2, and so on.
        """
        ...

    def record(self, request_id: str, attempt: int, reply: ChatReply, spend: Spend) -> None:
        """Write down the reply and what the attempt cost in place of its worst case."""
        ...

    def drop(self, request_id: str, attempt: int, reason: str, spend: Spend) -> None:
        """Write down that an attempt ended without a reply, and what is counted for it."""
        ...

    def totals(self) -> Spend:
        """Everything so far: closed attempts at their cost, open ones at their worst case."""
        ...
