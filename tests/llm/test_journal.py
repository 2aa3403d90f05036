from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.errors import StudyError
from alignenv.reward_design.llm.journal import FileJournal, read_recording, write_recording
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message, Spend
from alignenv.testing.llm import JournalContract


class TestFileJournal(JournalContract):
    def open_journal(self, folder: Path) -> FileJournal:
        return FileJournal(folder / "requests.jsonl")

    def make_request(self, slot: int) -> ChatRequest:
        return ChatRequest(model="m", messages=(Message("user", "hi"),), slot=slot)

    def make_reply(self, text: str) -> ChatReply:
        return ChatReply(text=text)

    def make_spend(self, calls: int, tokens: int, micro_usd: int) -> Spend:
        return Spend(calls=calls, tokens=tokens, micro_usd=micro_usd)


def pair(slot: int) -> tuple[ChatRequest, ChatReply]:
    request = ChatRequest(model="m", messages=(Message("user", "hi"),), slot=slot)
    return request, ChatReply(text=f"reply {slot}", prompt_tokens=3, completion_tokens=4)


def test_recording_round_trip(tmp_path: Path) -> None:
    pairs = [pair(i) for i in range(3)]
    write_recording(tmp_path / "r.jsonl", pairs)
    assert read_recording(tmp_path / "r.jsonl") == pairs
    with pytest.raises(StudyError, match="exists already"):
        write_recording(tmp_path / "r.jsonl", pairs)


@pytest.mark.parametrize(
    "text",
    ["no json\n", "[]\n", '{"event": "reply"}\n', '{"event": "reply", "id": 3, "reply": 4}\n'],
)
def test_foreign_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(StudyError, match="Line 1"):
        FileJournal(path)


def test_unwritable_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="cannot be written"):
        FileJournal(tmp_path / "file" / "requests.jsonl")


def test_ids_depend_on_all_of_the_request_and_nothing_else() -> None:
    base = pair(0)[0]
    others = [
        ChatRequest(model="n", messages=base.messages, slot=0),
        ChatRequest(model="m", messages=(Message("user", "ho"),), slot=0),
        ChatRequest(model="m", messages=(Message("system", "hi"),), slot=0),
        ChatRequest(model="m", messages=base.messages, slot=1),
        ChatRequest(model="m", messages=base.messages, slot=0, max_tokens=5),
        ChatRequest(model="m", messages=base.messages, slot=0, temperature=0.1),
    ]
    assert len({r.id for r in [base, *others]}) == 7
    assert ChatRequest.from_json(base.to_json()).id == base.id
    assert base.id == "10565485785f00f6dfcac61921a8888a"
