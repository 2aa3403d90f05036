"""Every designer over a language model: what it says, in which order, and replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.designers.catalogue import known_designers, plan_designer
from alignenv.reward_design.llm.journal import FileJournal, MemoryJournal
from alignenv.reward_design.llm.offline import ReplayChat, ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatModel, ChatReply, ChatRequest, Journal
from alignenv.testing.coders import example_card, failed, trained
from alignenv.types import Candidate, Designer, FailureKind, Trial

BAD = "I would rather not."
SUCCESS = (0.125, 0.375, None, 0.25)
NAMES = [n for n in known_designers() if n not in ("fixed", "human", "random", "symbolic")]


def reply(index: int) -> str:
    if index % 7 == 6:
        return BAD
    return f"```python\ndef reward(prev, action, state):\n    return {index}.0, {{}}\n```"


def outcome(candidate: Candidate, index: int) -> Trial:
    success = SUCCESS[index % len(SUCCESS)]
    if candidate.failure is not None:
        return Trial(candidate=candidate, failure=candidate.failure)
    if success is None:
        return failed(candidate, FailureKind.VALUE, "E010 division by zero")
    return trained(candidate, success, ("gain",))


def search(name: str, model: ChatModel, journal: Journal) -> list[Candidate]:
    coder = ChatCoder(model.name, Recorder(model, journal))
    designer: Designer = plan_designer(name, "scripted:x").build(coder, example_card(), 0)
    asked: list[Candidate] = []
    for _ in range(4):
        candidates = designer.ask(4)
        designer.tell([outcome(c, i) for i, c in enumerate(candidates)])
        asked += candidates
    return asked


def script() -> ScriptedChat:
    return ScriptedChat([ChatReply(text=reply(i)) for i in range(200)])


def requests(name: str) -> list[ChatRequest]:
    journal = MemoryJournal()
    search(name, script(), journal)
    return [request for request, _ in journal.recording()]


@pytest.mark.parametrize("name", NAMES)
def test_requests_are_numbered_without_gaps(name: str) -> None:
    """So that reply k of a script answers request k, and equal prompts get replies of their own."""
    slots = sorted(request.slot for request in requests(name))
    assert slots == list(range(len(slots)))


@pytest.mark.parametrize("name", NAMES)
def test_speakers_take_turns(name: str) -> None:
    for request in requests(name):
        roles = [message.role for message in request.messages]
        assert roles == ["system", *("user", "assistant") * (len(roles) // 2)][: len(roles)]
        assert roles[-1] == "user"


@pytest.mark.parametrize("name", NAMES)
def test_no_request_tells_what_is_hidden(name: str) -> None:
    hidden = ("milestone", "truth", "hackable", "oracle", "judge", "0.375", "0.125")
    for request in requests(name):
        text = "\n".join(message.content for message in request.messages).lower()
        text = text.replace("unreachable-milestone", "")  # the name of a failure, no measure
        assert [word for word in hidden if word in text] == []
        assert example_card().goal.lower() in text


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_replays(name: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    asked = search(name, script(), FileJournal(path))
    assert search(name, ReplayChat(path), MemoryJournal()) == asked


class Outage(Exception):  # noqa: N818 - reads as the event it is
    """The model is gone."""


class Unsteady(ScriptedChat):
    """Answers as the script does, until its requests are used up."""

    def __init__(self, n: int) -> None:
        super().__init__([ChatReply(text=reply(i)) for i in range(200)])
        self._left = n

    def complete(self, request: ChatRequest) -> ChatReply:
        self._left -= 1
        if self._left < 0:
            raise Outage
        return super().complete(request)


@pytest.mark.parametrize("name", NAMES)
def test_a_search_that_stopped_inside_a_generation_ends_the_same(name: str) -> None:
    """Run again over the same journal, it asks only for what had no answer."""
    undisturbed = search(name, script(), MemoryJournal())
    journal, n_stops = MemoryJournal(), 0
    while True:
        try:
            resumed = search(name, Unsteady(7), journal)
        except Outage:
            n_stops += 1
        else:
            break
    assert resumed == undisturbed
    assert n_stops >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_failed_trial_is_answered(name: str) -> None:
    """A reply without a program is repaired or becomes a failed candidate; the search goes on."""
    asked = search(name, script(), MemoryJournal())
    assert any(candidate.failure or len(candidate.requests) > 1 for candidate in asked)
    assert {candidate.generation for candidate in asked} == {0, 1, 2, 3}
