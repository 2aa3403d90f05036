"""Every designer over a language model and the prompts of this package: what it says, replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.designers.catalogue import known_designers, plan_designer
from alignenv.reward_design.llm.journal import FileJournal, MemoryJournal
from alignenv.reward_design.llm.offline import ReplayChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatModel, ChatReply, ChatRequest, Journal
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card
from alignenv.testing.telling import FakeModel, TellingContract
from alignenv.types import Candidate, Coder, Designer, Turn

NAMES = [n for n in known_designers() if n not in ("fixed", "human", "random", "symbolic")]
REFUSAL = "I would rather not."


class FakeChat:
    """The contract's model behind the interface of a chat model."""

    name = "fake"
    parallel = 1

    def __init__(self, model: FakeModel) -> None:
        self._model = model

    def complete(self, request: ChatRequest) -> ChatReply:
        turns = [Turn(message.role, message.content) for message in request.messages]
        program = self._model.answer(turns, request.slot)
        return ChatReply(text=f"```python\n{program}```" if program else REFUSAL)


def coder_over(model: ChatModel, journal: Journal) -> ChatCoder:
    return ChatCoder(model.name, Recorder(model, journal))


@pytest.mark.parametrize("name", NAMES, scope="class")
class TestWords(TellingContract):
    """As a third party's designer has to, over the real coder and its templates."""

    @pytest.fixture(autouse=True)
    def _by_name(self, name: str) -> None:
        self.name, self.takes_feedback = name, name != "best-of-n"

    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return plan_designer(self.name, "scripted:x").build(coder, card, seed)

    def make_coder(self, model: FakeModel) -> Coder:
        return coder_over(FakeChat(model), MemoryJournal())

    def test_every_request_tells_the_goal(self) -> None:
        model = FakeModel()
        self.search(self.over(model))
        goal = example_card().goal
        assert all(goal in question.text for question in model.questions)

    def test_a_recording_replays(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.jsonl"
        asked = self._search_by(coder_over(FakeChat(FakeModel(silent={5})), FileJournal(path)))
        replayed = self._search_by(coder_over(ReplayChat(path), MemoryJournal()))
        assert replayed == asked

    def _search_by(self, coder: Coder) -> list[Candidate]:
        return self.search(self.make_designer(coder, example_card(), 0))
