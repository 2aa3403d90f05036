"""The client over real HTTP on loopback, against every fault of the scripted server."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import errors
from alignenv.reward_design.llm.fake_script import Entry
from alignenv.reward_design.llm.fake_server import FakeServer
from alignenv.reward_design.llm.openai_chat import OpenAIChat
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message
from alignenv.testing.llm import LLMContract

PATIENCE = 10.0


def request(slot: int = 0, text: str = "hello") -> ChatRequest:
    return ChatRequest(model="fake", messages=(Message("user", text),), slot=slot)


def ask(entry: Entry, *, timeout_s: float = PATIENCE) -> ChatReply:
    with FakeServer([entry]) as server:
        return OpenAIChat("fake", base_url=server.base_url, timeout_s=timeout_s).complete(request())


class TestOpenAIChat(LLMContract):
    @pytest.fixture(autouse=True)
    def _server(self):
        with FakeServer(["first", "second"]) as server:
            self.base_url = server.base_url
            yield

    def make_model(self) -> OpenAIChat:
        return OpenAIChat("fake", base_url=self.base_url, timeout_s=PATIENCE)

    def make_request(self, text: str, slot: int) -> ChatRequest:
        return request(slot, text)


def test_sends_what_was_asked() -> None:
    with FakeServer(["ok"]) as server:
        model = OpenAIChat("fake", base_url=server.base_url, timeout_s=PATIENCE)
        asked = ChatRequest(
            model="fake",
            messages=(Message("system", "s"), Message("user", "u")),
            slot=0,
            max_tokens=77,
            temperature=0.5,
        )
        reply = model.complete(asked)
        seen = server.seen[0]
    assert (reply.text, reply.prompt_tokens, reply.estimated) == ("ok", 100, False)
    assert seen.body["messages"] == [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u"},
    ]
    assert (seen.body["max_tokens"], seen.body["temperature"]) == (77, 0.5)
    assert "n" not in seen.body
    assert "response_format" not in seen.body
    assert seen.headers["idempotency-key"] == asked.id


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("401", errors.AccessRefused, "401"),
        ("403", errors.AccessRefused, "403"),
        ("quota", errors.AccessRefused, "429"),
        ("404", errors.UnknownModel, "404"),
        ("400", errors.RequestRefused, "400"),
        ("context", errors.ContextTooLong, "400"),
        ("429", errors.RateLimited, "429"),
        ("500", errors.ServerFault, "500"),
        ("503", errors.ServerFault, "503"),
        ("garbage", errors.MalformedReply, "not a chat completion"),
        ("html", errors.MalformedReply, "gateway"),
        ("empty-choices", errors.MalformedReply, "no choices"),
        ("wrong-shape", errors.MalformedReply, "not a chat completion"),
        ("truncated-json", errors.MalformedReply, "not a chat completion"),
        ("drop", errors.ConnectionLost, "without a reply"),
        ("half", errors.ConnectionLost, "in the middle"),
    ],
)
def test_faults_are_typed(fault: str, kind: type[errors.RequestError], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        ask(Entry(text="x" * 200, faults=(fault,)))
    assert caught.value.exit_code == 3
    assert caught.value.message


def test_retry_after_is_read() -> None:
    with pytest.raises(errors.RateLimited, match="429") as caught:
        ask(Entry(text="x", faults=("429:1.5",)))
    assert caught.value.retry_after_s == 1.5


def test_a_date_as_retry_after_counts_as_none() -> None:
    with pytest.raises(errors.RateLimited, match="429") as caught:
        ask(Entry(text="x", faults=("429:Wed, 21 Oct 2026 07:28:00 GMT",)))
    assert caught.value.retry_after_s is None


def test_slow_server_times_out() -> None:
    with pytest.raises(errors.RequestTimedOut, match=r"within 0\.3 s"):
        ask(Entry(text="x", delay_s=30), timeout_s=0.3)


def test_stalled_server_times_out() -> None:
    with pytest.raises(errors.RequestTimedOut, match=r"within 0\.3 s"):
        ask(Entry(text="x", faults=("stall",)), timeout_s=0.3)


def test_dripping_server_times_out() -> None:
    """Bytes that keep coming do not extend the time-out of the whole reply."""
    with pytest.raises(errors.RequestTimedOut, match="not complete"):
        ask(Entry(text="x" * 1000, faults=("drip",)), timeout_s=0.3)


def test_endless_reply_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    from alignenv.reward_design.llm import transport

    monkeypatch.setattr(transport, "MAX_BODY", 1000)
    with pytest.raises(errors.MalformedReply, match="more than 1000 bytes"):
        ask(Entry(text="x" * 5000))


def test_unreachable_server() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    model = OpenAIChat("fake", base_url=f"http://127.0.0.1:{port}/v1", timeout_s=PATIENCE)
    with pytest.raises(errors.ServerUnreachable, match="No connection") as caught:
        model.complete(request())
    assert caught.value.retryable
    assert not caught.value.billed


@pytest.mark.parametrize("usage", [False, {"prompt_tokens": -1}, {"prompt_tokens": "many"}])
def test_missing_or_senseless_usage_is_estimated(usage: object) -> None:
    reply = ask(Entry.model_validate({"text": "x" * 300, "usage": usage}))
    assert reply.estimated
    assert reply.completion_tokens == 100
    assert reply.prompt_tokens > 0


def test_spare_choices_are_ignored() -> None:
    assert ask(Entry(text="first", n_choices=3)).text == "first"


def test_wrong_content_type_with_a_good_body() -> None:
    assert ask(Entry(text="fine", content_type="text/plain")).text == "fine"


def test_empty_and_null_replies_are_replies() -> None:
    assert ask(Entry(text="")).text == ""
    assert ask(Entry(text=None)).text == ""


def test_cut_off_reply_says_so() -> None:
    assert ask(Entry(text="def rew", finish_reason="length")).finish_reason == "length"


def test_filtered_reply_is_a_reply() -> None:
    reply = ask(Entry(text="x", faults=("filter",)))
    assert (reply.text, reply.finish_reason) == ("", "content_filter")


def test_parts_are_joined() -> None:
    parts = b'[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]'
    body = b'{"choices": [{"message": {"content": ' + parts + b"}}]}"
    model = OpenAIChat("fake", base_url="http://localhost:1/v1")
    assert model.read(body, request()).text == "ab"


def test_key_is_needed_for_openai_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="No key") as caught:
        OpenAIChat("gpt-5")
    assert "OPENAI_API_KEY" in caught.value.cure
    assert OpenAIChat("fake", base_url="http://localhost:1/v1").name == "fake"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert OpenAIChat("gpt-5").base_url == "https://api.openai.com/v1"


def test_nothing_leaves_the_machine_in_tests() -> None:
    model = OpenAIChat("fake", base_url="https://192.0.2.1/v1", api_key="k")
    with pytest.raises(ConfigError, match="switched off"):
        model.complete(request())


def test_malformed_url_is_refused() -> None:
    with pytest.raises(ConfigError, match="not http"):
        OpenAIChat("fake", base_url="localhost:8000")


def test_openai_is_imported_on_first_use_only() -> None:
    code = (
        "import sys, alignenv.reward_design.llm.openai_chat, "
        "alignenv.reward_design.designers.eureka, alignenv.reward_design.coders;"
        "bad = {'openai', 'torch', 'numba'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
