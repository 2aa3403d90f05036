"""Models behind the Messages API of Anthropic, one request at a time.

Its client is an extra, imported when a model of this vendor is asked for. No schema is offered.
"""

from __future__ import annotations

import os
import time
from typing import Any

from pydantic import BaseModel, NonNegativeInt, ValidationError

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import errors, transport
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.text import plain

ANTHROPIC_URL = "https://api.anthropic.com"
_ENDS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_DEFAULT_TEMPERATURE = 1.0


class AnthropicChat:
    """A model behind Anthropic's endpoint, or one that speaks its protocol.

    Args:
        model: Name that the server knows.
        base_url: Endpoint without `/v1`; by default ANTHROPIC_BASE_URL or Anthropic itself.
        api_key: Key; by default ANTHROPIC_API_KEY. Only Anthropic's own endpoint insists on one.
        timeout_s: Longest wait for one complete reply.
        parallel: Requests sent at once.

    Raises:
        ConfigError: The package `anthropic` is missing, there is no key for Anthropic's endpoint,
            or the URL is malformed.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 180.0,
        parallel: int = 8,
    ) -> None:
        self._sdk = _import_sdk()
        self.base_url = transport.checked_url(
            base_url or os.environ.get("ANTHROPIC_BASE_URL") or ANTHROPIC_URL
        )
        key = api_key or os.environ.get("ANTHROPIC_API_KEY")
        if not key and self.base_url == ANTHROPIC_URL:
            raise ConfigError(
                f"No key for {ANTHROPIC_URL}.",
                cure="Set ANTHROPIC_API_KEY, or give --base-url of a server that needs none.",
            )
        self._key = key or "none"
        self._timeout_s = timeout_s
        self._name, self._parallel = model, parallel

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._name

    @property
    def parallel(self) -> int:
        """Requests that may be under way at once."""
        return self._parallel

    def complete(self, request: ChatRequest) -> ChatReply:
        """Send the request once.

        Raises:
            RequestError: There is no reply; the class says why.
            ConfigError: Requests may not leave the machine now.
        """
        transport.check_allowed(self.base_url)
        try:
            body = self._send(request)
        except self._sdk.APITimeoutError as error:
            raise transport.timed_out(self.base_url, self._timeout_s) from error
        except self._sdk.APIConnectionError as error:
            raise transport.connection_error(error, self.base_url) from error
        except self._sdk.APIStatusError as error:
            raise transport.status_error(error, self.base_url, "") from error
        return _read_reply(body, request)

    def _send(self, request: ChatRequest) -> bytes:
        """The body of a 2xx response, read under a deadline and a size cap."""
        deadline = time.monotonic() + self._timeout_s
        with (
            self._sdk.Anthropic(
                api_key=self._key,
                base_url=self.base_url,
                timeout=self._timeout_s,
                max_retries=0,
            ) as client,
            client.messages.with_streaming_response.create(**_arguments(request)) as response,
        ):
            return transport.read_body(
                response.iter_bytes(), self.base_url, deadline, self._timeout_s
            )


def _import_sdk() -> Any:
    try:
        import anthropic
    except ImportError as error:
        raise ConfigError(
            "A model of Anthropic needs the package anthropic.",
            cure="pip install 'alignenv[anthropic]'",
        ) from error
    return anthropic


def _arguments(request: ChatRequest) -> dict[str, Any]:
    """What the client's `create` takes; what the system says is no message there."""
    system = "\n\n".join(m.content for m in request.messages if m.role == "system")
    said = [{"role": m.role, "content": m.content} for m in request.messages if m.role != "system"]
    arguments: dict[str, Any] = {
        "model": request.model,
        "messages": said,
        "max_tokens": request.max_tokens,
        "extra_headers": {"Idempotency-Key": request.id, "X-Slot": str(request.slot)},
    }
    if system:
        arguments["system"] = system
    if request.temperature != _DEFAULT_TEMPERATURE:
        # Version 2 of the client has no such argument, and some models take no other value.
        arguments["extra_body"] = {"temperature": request.temperature}
    return arguments


class _Part(BaseModel):
    type: str
    text: str = ""


class _Body(BaseModel):
    content: list[_Part]
    stop_reason: str | None = None
    usage: object = None


class _Usage(BaseModel):
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    cache_creation_input_tokens: NonNegativeInt | None = None
    cache_read_input_tokens: NonNegativeInt | None = None

    @property
    def prompt(self) -> int:
        """Tokens of the prompt, however they were read; a cap counts each at full price."""
        cached = (self.cache_creation_input_tokens, self.cache_read_input_tokens)
        return self.input_tokens + sum(n or 0 for n in cached)


def _read_reply(body: bytes, request: ChatRequest) -> ChatReply:
    """Join the parts of text; count tokens ourselves when the server did not."""
    try:
        parsed = _Body.model_validate_json(body)
    except ValidationError as error:
        begin = plain(body[:120].decode(errors="replace"), 120)
        raise errors.MalformedReply(
            f"The reply is no message; it begins {begin!r}.",
            cure="Check that --base-url serves the Messages API, without /v1 at its end.",
        ) from error
    text = "".join(part.text for part in parsed.content if part.type == "text")
    try:
        usage = _Usage.model_validate(parsed.usage)
    except ValidationError:
        usage = None
    end = parsed.stop_reason or "end_turn"
    return ChatReply(
        text=text,
        finish_reason=_ENDS.get(end, end),
        prompt_tokens=prompt_tokens(request) if usage is None else usage.prompt,
        completion_tokens=estimate_tokens(text) if usage is None else usage.output_tokens,
        estimated=usage is None,
    )
