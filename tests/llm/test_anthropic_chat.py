"""The other vendor's client: a stand-in for its package, and the package itself where it is."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from alignenv.errors import ConfigError
from alignenv.reward_design import talkers
from alignenv.reward_design.analysts import specs as analysts
from alignenv.reward_design.coders.specs import CoderSettings, read_settings
from alignenv.reward_design.critic import specs as critics
from alignenv.reward_design.critic.model import FORM
from alignenv.reward_design.llm import errors, vendor
from alignenv.reward_design.llm.anthropic_chat import AnthropicChat
from alignenv.reward_design.llm.budget import find_price
from alignenv.reward_design.llm.forms import Ladder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message
from alignenv.testing.coders import example_card
from alignenv.types import Turn

URL = "http://127.0.0.1:1"
MESSAGE = {
    "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "ok"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 7, "cache_read_input_tokens": 3, "output_tokens": 5},
}


class StatusError(Exception):
    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status_code, self.message = status, message
        self.response = SimpleNamespace(headers=headers)


class ConnectError(Exception):
    """Named as the transport's own."""


class ConnectionFailedError(Exception):
    pass


class TimedOutError(ConnectionFailedError):
    pass


class FakeSdk(ModuleType):
    """What of the package is used; `answer` gives the body of a reply, or raises."""

    APIStatusError, APIConnectionError, APITimeoutError = (
        StatusError,
        ConnectionFailedError,
        TimedOutError,
    )

    def __init__(self, answer: Callable[[], bytes]) -> None:
        super().__init__("anthropic")
        self.answer = answer
        self.clients: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []

    @contextmanager
    def Anthropic(self, **options: Any) -> Iterator[Any]:  # noqa: N802 - as in the package
        self.clients.append(options)
        streaming = SimpleNamespace(create=self._create)
        yield SimpleNamespace(messages=SimpleNamespace(with_streaming_response=streaming))

    @contextmanager
    def _create(self, **arguments: Any) -> Iterator[Any]:
        self.asked.append(arguments)
        body = self.answer()
        yield SimpleNamespace(iter_bytes=lambda: iter([body[:9], body[9:]]))


def install(monkeypatch: pytest.MonkeyPatch, answer: object) -> FakeSdk:
    def give() -> bytes:
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    sdk = FakeSdk(give)
    monkeypatch.setitem(sys.modules, "anthropic", sdk)
    return sdk


def request(temperature: float = 1.0) -> ChatRequest:
    said = (Message("system", "s"), Message("user", "u"), Message("assistant", "a"))
    messages = (*said, Message("user", "v"))
    return ChatRequest(model="m", messages=messages, slot=2, max_tokens=77, temperature=temperature)


def ask(monkeypatch: pytest.MonkeyPatch, answer: object) -> ChatReply:
    install(monkeypatch, answer)
    return AnthropicChat("m", base_url=URL).complete(request())


def test_sends_what_was_asked_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = install(monkeypatch, MESSAGE)
    reply = AnthropicChat("m", base_url=URL, api_key="k", timeout_s=9.0).complete(request(0.5))
    assert reply == ChatReply(text="ok", prompt_tokens=10, completion_tokens=5)
    assert sdk.clients == [{"api_key": "k", "base_url": URL, "timeout": 9.0, "max_retries": 0}]
    (sent,) = sdk.asked
    assert sent["system"] == "s"
    assert [m["role"] for m in sent["messages"]] == ["user", "assistant", "user"]
    assert (sent["model"], sent["max_tokens"]) == ("m", 77)
    assert sent["extra_body"] == {"temperature": 0.5}
    assert sent["extra_headers"]["Idempotency-Key"] == request(0.5).id


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("pause_turn", "pause_turn"),
        (None, "stop"),
    ],
)
def test_ends_are_named_as_elsewhere(
    monkeypatch: pytest.MonkeyPatch, end: str | None, reason: str
) -> None:
    assert ask(monkeypatch, {**MESSAGE, "stop_reason": end}).finish_reason == reason


def test_missing_usage_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = ask(monkeypatch, {"content": [{"type": "text", "text": "x" * 300}]})
    assert (reply.completion_tokens, reply.estimated) == (100, True)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (StatusError(401, "key"), errors.AccessRefused, "401"),
        (StatusError(403, "no"), errors.AccessRefused, "403"),
        (StatusError(400, "Your credit balance is too low"), errors.AccessRefused, "400"),
        (StatusError(404, "model: m"), errors.UnknownModel, "404"),
        (StatusError(400, "prompt is too long: 9 tokens"), errors.ContextTooLong, "400"),
        (StatusError(400, "max_tokens"), errors.RequestRefused, "400"),
        (StatusError(429, "slow"), errors.RateLimited, "429"),
        (StatusError(500, "oh"), errors.ServerFault, "500"),
        (StatusError(529, "overloaded"), errors.ServerFault, "529"),
        (TimedOutError(), errors.RequestTimedOut, "within 180 s"),
        (ConnectionFailedError(), errors.ConnectionLost, "without a reply"),
        (b"\x00 not json", errors.MalformedReply, "not a message"),
        ({"content": "text"}, errors.MalformedReply, "not a message"),
    ],
)
def test_faults_are_typed(
    monkeypatch: pytest.MonkeyPatch, answer: object, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        ask(monkeypatch, answer)


def test_retry_after_and_unreachable_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.RateLimited, match="429") as caught:
        ask(monkeypatch, StatusError(429, "slow", **{"retry-after": "1.5"}))
    assert caught.value.retry_after_s == 1.5
    failed = ConnectionFailedError()
    failed.__cause__ = ConnectError("refused")
    with pytest.raises(errors.ServerUnreachable, match="refused"):
        ask(monkeypatch, failed)


def settings(**changes: Any) -> CoderSettings:
    values = {"journal": None, "budget": "", "price": "", "base_url": URL, **changes}
    return read_settings("anthropic:m", example_card(), **values)


def test_every_role_can_be_played(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, MESSAGE)
    coder = talkers.make_anthropic(settings())
    assert coder.name == "m"
    assert coder.talk([[Turn("user", "u")]], 0)[0].text == "ok"
    assert analysts.make_anthropic(settings()).name == "anthropic:m"
    assert critics.make_anthropic(settings()).name == "rules+m"


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anthropic", None)
    with pytest.raises(ConfigError, match="needs the package") as caught:
        AnthropicChat("m", base_url=URL)
    assert "alignenv[anthropic]" in caught.value.cure
    install(monkeypatch, MESSAGE)
    with pytest.raises(ConfigError, match="No key") as caught:
        AnthropicChat("m")
    assert "ANTHROPIC_API_KEY" in caught.value.cure
    with pytest.raises(ConfigError, match="not http"):
        AnthropicChat("m", base_url="localhost")
    with pytest.raises(ConfigError, match="switched off"):
        AnthropicChat("m", api_key="k").complete(request())
    with pytest.raises(ConfigError, match="price of m is not known"):
        talkers.make_anthropic(settings(budget="usd=1"))
    price = find_price("claude-sonnet-4-6")
    assert price is not None
    assert price.micro_usd(1_000_000, 0) == 3_000_000


def test_a_form_is_offered_until_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "LADDER", Ladder())
    sdk = install(monkeypatch, MESSAGE)
    model = AnthropicChat("m", base_url=URL, form=FORM)
    assert model.complete(request(0.5)).text == "ok"
    refusal = StatusError(400, "output_config: Extra inputs are not permitted")
    refusing = install(monkeypatch, refusal)
    with pytest.raises(errors.FormRefused, match="as json_schema") as caught:
        model.complete(request())
    assert "asked for text" in caught.value.cure
    with pytest.raises(errors.RequestRefused):
        model.complete(request())
    offered = {"format": {"type": "json_schema", "schema": FORM.schema}}
    assert sdk.asked[0]["extra_body"] == {"temperature": 0.5, "output_config": offered}
    assert [("extra_body" in asked) for asked in refusing.asked] == [True, False]


def test_analysts_and_critics_ask_for_their_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "LADDER", Ladder())
    sdk = install(monkeypatch, MESSAGE)
    talkers.make_anthropic(settings(), FORM).talk([[Turn("user", "hello")]], 0)
    talkers.make_anthropic(settings()).talk([[Turn("user", "hello")]], 0)
    assert [("extra_body" in asked) for asked in sdk.asked] == [True, False]


class _Handler(BaseHTTPRequestHandler):
    answers: list[tuple[int, bytes]]
    seen: list[tuple[str, dict[str, str], Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.path, headers, body))
        status, answer = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


def test_the_package_itself_over_http() -> None:
    pytest.importorskip("anthropic")
    _Handler.seen = []
    refusal = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    long = {"type": "error", "error": {"type": "x", "message": "prompt is too long: 9 tokens"}}
    _Handler.answers = [
        (200, json.dumps({"id": "1", "type": "message", "role": "assistant", **MESSAGE}).encode()),
        (529, json.dumps(refusal).encode()),
        (400, json.dumps(long).encode()),
        (200, b"<html>"),
        (200, json.dumps({"id": "2", "type": "message", "role": "assistant", **MESSAGE}).encode()),
    ]
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        model = AnthropicChat("m", base_url=url, api_key="k", timeout_s=10.0)
        assert model.complete(request(0.5)).text == "ok"
        for kind in (errors.ServerFault, errors.ContextTooLong, errors.MalformedReply):
            with pytest.raises(kind, match=r"\w"):
                model.complete(request())
        formed = AnthropicChat("m", base_url=url, api_key="k", timeout_s=10.0, form=FORM)
        assert formed.complete(request()).text == "ok"
        server.shutdown()
    path, headers, body = _Handler.seen[0]
    assert path == "/v1/messages"
    # Version 2 of the package sends a key as a bearer's.
    assert headers.get("x-api-key", headers.get("authorization")) in ("k", "Bearer k")
    assert (body["system"], body["temperature"], body["max_tokens"]) == ("s", 0.5, 77)
    assert _Handler.seen[4][2]["output_config"]["format"]["schema"] == FORM.schema
    assert len(_Handler.seen) == 5, "the client repeats nothing by itself"
    with pytest.raises(errors.ServerUnreachable, match="No connection"):
        AnthropicChat("m", base_url=URL, timeout_s=5.0).complete(request())
