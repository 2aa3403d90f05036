"""What every chat model and every journal of requests must do, as tests to inherit.

class TestMyModel(LLMContract):
    def make_model(self): ...
    def make_request(self, text, slot): ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pytest

from alignenv.errors import LLMError


class LLMContract(ABC):
    """A chat model: one request in, one reply out, typed errors, no hidden state."""

    @abstractmethod
    def make_model(self) -> Any:
        """A model that answers requests 0 and 1."""

    @abstractmethod
    def make_request(self, text: str, slot: int) -> Any:
        """A request of one user message to that model."""

    def test_names_itself_and_its_width(self) -> None:
        """A model has a name for requests and takes at least one request at a time."""
        model = self.make_model()
        assert model.name
        assert model.parallel >= 1

    def test_answers_with_text_and_counts(self) -> None:
        """A reply has text, a reason for its end and token counts."""
        reply = self.make_model().complete(self.make_request("hello", 0))
        assert isinstance(reply.text, str)
        assert reply.text
        assert reply.finish_reason == "stop"
        assert reply.prompt_tokens >= 0
        assert reply.completion_tokens >= 0

    def test_answers_by_request_not_by_order(self) -> None:
        """Asking again, or in another order, gives the same text."""
        model = self.make_model()
        requests = [self.make_request("hello", slot) for slot in (1, 0)]
        texts = [model.complete(request).text for request in requests]
        again = self.make_model()
        assert [again.complete(request).text for request in reversed(requests)] == texts[::-1]

    def test_errors_are_typed(self) -> None:
        """What cannot be answered raises an `LLMError` with a message."""
        model = self.make_model()
        with pytest.raises(LLMError, match=r"\w") as caught:
            model.complete(self.make_request("out of range", 10_000))
        assert caught.value.message


class JournalContract(ABC):
    """A journal: durable, exact, and honest about what was in flight."""

    @abstractmethod
    def open_journal(self, folder: Path) -> Any:
        """The journal kept in a folder; opening it again continues it."""

    @abstractmethod
    def make_request(self, slot: int) -> Any:
        """A request; different slots, different requests."""

    @abstractmethod
    def make_reply(self, text: str) -> Any:
        """A reply."""

    @abstractmethod
    def make_spend(self, calls: int, tokens: int, micro_usd: int) -> Any:
        """A spend."""

    def test_serves_what_it_recorded(self, tmp_path: Path) -> None:
        """A reply is found after `record`, and not before."""
        journal, request = self.open_journal(tmp_path), self.make_request(0)
        attempt = journal.reserve(request, self.make_spend(1, 100, 5))
        assert attempt == 1
        assert journal.find_reply(request.id) is None
        journal.record(request.id, attempt, self.make_reply("text"), self.make_spend(1, 10, 1))
        assert journal.find_reply(request.id).text == "text"
        assert journal.find_reply(self.make_request(1).id) is None

    def test_counts_exactly(self, tmp_path: Path) -> None:
        """Open attempts count at their worst case, closed ones at their cost."""
        journal = self.open_journal(tmp_path)
        requests = [self.make_request(i) for i in range(3)]
        for request in requests:
            journal.reserve(request, self.make_spend(1, 100, 50))
        assert journal.totals().tokens == 300
        reply = self.make_reply("text")
        journal.record(requests[0].id, 1, reply, self.make_spend(1, 10, 7))
        journal.drop(requests[1].id, 1, "RateLimited", self.make_spend(1, 0, 0))
        totals = journal.totals()
        assert (totals.calls, totals.tokens, totals.micro_usd) == (3, 110, 57)

    def test_remembers_across_a_kill(self, tmp_path: Path) -> None:
        """Another process finds replies and spend; an attempt in flight is counted twice."""
        first = self.open_journal(tmp_path)
        done, lost = self.make_request(0), self.make_request(1)
        for request in (done, lost):
            first.reserve(request, self.make_spend(1, 100, 50))
        first.record(done.id, 1, self.make_reply("kept"), self.make_spend(1, 10, 7))
        second = self.open_journal(tmp_path)
        assert second.find_reply(done.id).text == "kept"
        assert second.find_reply(lost.id) is None
        assert second.reserve(lost, self.make_spend(1, 100, 50)) == 2
        second.record(lost.id, 2, self.make_reply("again"), self.make_spend(1, 20, 8))
        totals = self.open_journal(tmp_path).totals()
        assert (totals.calls, totals.tokens, totals.micro_usd) == (3, 130, 65)

    def test_keeps_any_text(self, tmp_path: Path) -> None:
        """Quotes, newlines, surrogates' neighbours and control characters survive."""
        text = 'line\n"quoted" \\ \t \x00 \x1b[31m é 漢字 \u2028 🙂'
        journal, request = self.open_journal(tmp_path), self.make_request(0)
        attempt = journal.reserve(request, self.make_spend(1, 1, 1))
        journal.record(request.id, attempt, self.make_reply(text), self.make_spend(1, 1, 1))
        assert self.open_journal(tmp_path).find_reply(request.id).text == text
