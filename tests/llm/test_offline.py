from __future__ import annotations

import io
from pathlib import Path

import pytest

from alignenv.errors import ConfigError, StudyError
from alignenv.reward_design.llm.errors import NoReply
from alignenv.reward_design.llm.journal import write_recording
from alignenv.reward_design.llm.offline import ManualChat, ReplayChat, ScriptedChat
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message
from alignenv.testing.llm import LLMContract


def request(slot: int = 0, text: str = "hello", model: str = "m") -> ChatRequest:
    return ChatRequest(model=model, messages=(Message("user", text),), slot=slot)


class TestScripted(LLMContract):
    def make_model(self) -> ScriptedChat:
        return ScriptedChat([ChatReply(text="a"), ChatReply(text="b")])

    def make_request(self, text: str, slot: int) -> ChatRequest:
        return request(slot, text)


class TestReplay(LLMContract):
    @pytest.fixture(autouse=True)
    def _recording(self, tmp_path: Path) -> None:
        self.path = tmp_path / "r.jsonl"
        write_recording(self.path, [(request(i), ChatReply(text=f"r{i}")) for i in range(2)])

    def make_model(self) -> ReplayChat:
        return ReplayChat(self.path)

    def make_request(self, text: str, slot: int) -> ChatRequest:
        return request(slot, text)

    def test_takes_the_model_of_the_recording(self) -> None:
        assert self.make_model().name == "m"

    def test_one_of_several_models_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "two.jsonl"
        pairs = [(request(0, model=m), ChatReply(text=f"by {m}")) for m in ("m", "n")]
        write_recording(path, pairs)
        for name in ("m", "n"):
            chat = ReplayChat(path, name)
            assert (chat.name, chat.template.model) == (name, name)
            assert chat.complete(request(0, model=name)).text == f"by {name}"
        for name in ("", "o"):
            with pytest.raises(ConfigError, match="m, n") as caught:
                ReplayChat(path, name)
            assert "replay:FILE#MODEL" in caught.value.cure

    def test_another_prompt_has_no_reply(self) -> None:
        with pytest.raises(NoReply, match="has no reply") as caught:
            self.make_model().complete(request(0, "another prompt"))
        assert "record again" in caught.value.cure


class TestManualFiles(LLMContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "chat"
        for slot in (0, 1):
            with pytest.raises(NoReply, match="waits for an answer"):
                self.make_model().complete(request(slot))
        for prompt in self.folder.glob("*.prompt.md"):
            prompt.with_name(prompt.name.replace("prompt", "reply")).write_text("pasted")

    def make_model(self) -> ManualChat:
        return ManualChat(self.folder)

    def make_request(self, text: str, slot: int) -> ChatRequest:
        return request(slot, text)

    def test_the_prompt_is_in_the_file(self) -> None:
        prompts = sorted(self.folder.glob("*.prompt.md"))
        assert [p.name[:4] for p in prompts] == ["000-", "001-"]
        assert "hello" in prompts[0].read_text()


def test_manual_by_terminal() -> None:
    screen, keyboard = io.StringIO(), io.StringIO("line one\n\nline two\n.\nsecond\n")
    chat = ManualChat(screen=screen, keyboard=keyboard)
    assert chat.complete(request(0)).text == "line one\n\nline two\n"
    assert chat.complete(request(1)).text == "second\n"
    assert "hello" in screen.getvalue()
    with pytest.raises(NoReply, match="Nothing was pasted"):
        chat.complete(request(2))


def test_replay_refuses_what_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with pytest.raises(StudyError, match="cannot be read"):
        ReplayChat(path)
    path.write_text("")
    with pytest.raises(ConfigError, match="0 models"):
        ReplayChat(path)
    path.unlink()
    pairs = [(request(0, model=m), ChatReply(text="x")) for m in ("a", "b")]
    write_recording(path, pairs)
    with pytest.raises(ConfigError, match="2 models"):
        ReplayChat(path)


def test_script_as_text(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_text("one\nmore\n=====\ntwo\n=====\n")
    chat = ScriptedChat.from_file(path)
    assert [chat.complete(request(i)).text for i in (0, 1)] == ["one\nmore", "two"]
    with pytest.raises(NoReply, match="2 replies"):
        chat.complete(request(2))


def test_script_as_json(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('["one", {"text": "two", "finish_reason": "length"}]')
    chat = ScriptedChat.from_file(path)
    assert chat.complete(request(0)).text == "one"
    assert chat.complete(request(1)).finish_reason == "length"


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"txt": "x"}]', "not json"])
def test_malformed_scripts_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="not a script"):
        ScriptedChat.from_file(path)


def test_missing_script_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Cannot read"):
        ScriptedChat.from_file(tmp_path / "none.txt")
