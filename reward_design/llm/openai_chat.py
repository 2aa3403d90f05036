"""Any OpenAI-compatible server, one request at a time.

Servers differ, so little is taken for granted: several choices are never asked for, a schema of the
reply is offered and not relied on, a missing `usage` is estimated, and the body is read by our own
schema under a deadline and a size cap.
"""

from __future__ import annotations

import ipaddress
import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, NonNegativeInt, ValidationError, field_validator

from alignenv.errors import ConfigError
from alignenv.reward_design import llm
from alignenv.reward_design.llm import errors
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.forms import LADDER, ReplyForm, is_about_form
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.text import plain

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
_MAX_BODY = 8_000_000
_CONNECT_FAILURES = ("ConnectError", "ConnectTimeout")
_CONTEXT_WORDS = ("context length", "context window", "maximum context", "context_length")


class OpenAIChat:
    """A model behind an OpenAI-compatible endpoint.

    Args:
        model: Name that the server knows.
        base_url: Endpoint ending in `/v1`; by default OPENAI_BASE_URL or OpenAI itself.
        api_key: Key; by default OPENAI_API_KEY. Only OpenAI's own endpoint insists on one.
        timeout_s: Longest wait for one complete reply.
        parallel: Requests sent at once.
        form: What replies should look like, as far as the server can be asked; None for text.

    Raises:
        ConfigError: There is no key for OpenAI's endpoint, or the URL is malformed.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 180.0,
        parallel: int = 8,
        form: ReplyForm | None = None,
    ) -> None:
        self.base_url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
        if urlsplit(self.base_url).scheme not in ("http", "https"):
            raise ConfigError(
                f"Base URL {self.base_url!r} is not http or https.",
                cure="Write it whole, such as http://localhost:8000/v1.",
            )
        key = api_key or os.environ.get("OPENAI_API_KEY")
        if not key and self.base_url == OPENAI_URL:
            raise ConfigError(
                f"No key for {OPENAI_URL}.",
                cure="Set OPENAI_API_KEY, or give --base-url of a server that needs none.",
            )
        self._key = key or "none"
        self._timeout_s = timeout_s
        self._name, self._parallel, self._form = model, parallel, form

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
        import openai

        self._check_allowed()
        mode = LADDER.mode(self.base_url, request.model) if self._form else "text"
        try:
            body = self._send(request, mode)
        except openai.APITimeoutError as error:
            raise errors.RequestTimedOut(
                f"{self.base_url} gave no reply within {self._timeout_s:g} s.",
                cure="Try a smaller model or a longer time-out.",
            ) from error
        except openai.APIConnectionError as error:
            raise self._connection_error(error) from error
        except openai.APIStatusError as error:
            if _is_filtered(error):
                return ChatReply(
                    text="",
                    finish_reason="content_filter",
                    prompt_tokens=prompt_tokens(request),
                    estimated=True,
                )
            if mode != "text" and _refuses_form(error):
                raise self._form_refused(error, request.model, mode) from error
            raise self._status_error(error) from error
        return _read_reply(body, request)

    def _send(self, request: ChatRequest, mode: str) -> bytes:
        """The body of a 2xx response, read under a deadline and a size cap."""
        import openai

        deadline = time.monotonic() + self._timeout_s
        body = bytearray()
        with (
            openai.OpenAI(
                api_key=self._key,
                base_url=self.base_url,
                timeout=self._timeout_s,
                max_retries=0,
            ) as client,
            client.chat.completions.with_streaming_response.create(
                **self._arguments(request, mode)
            ) as response,
        ):
            try:
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline or len(body) > _MAX_BODY:
                        break
                else:
                    return bytes(body)
            except Exception as error:
                # The transport's own exception types differ between versions of the SDK.
                raise errors.ConnectionLost(
                    f"The connection to {self.base_url} broke in the middle of a reply.",
                    cure="Check the server's log.",
                ) from error
        if len(body) > _MAX_BODY:
            raise errors.MalformedReply(f"{self.base_url} sent more than {_MAX_BODY} bytes.")
        raise errors.RequestTimedOut(
            f"The reply of {self.base_url} was not complete within {self._timeout_s:g} s."
        )

    def _arguments(self, request: ChatRequest, mode: str) -> dict[str, Any]:
        # OpenAI's newer models refuse max_tokens; many other servers know nothing else.
        limit = "max_completion_tokens" if self.base_url == OPENAI_URL else "max_tokens"
        asked = self._form.asked_by(mode) if self._form else None
        return {
            **({"response_format": asked} if asked else {}),
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            limit: request.max_tokens,
            "extra_headers": {"Idempotency-Key": request.id, "X-Slot": str(request.slot)},
        }

    def _check_allowed(self) -> None:
        if llm.ALLOW_REQUESTS == "loopback" and not _is_loopback(self.base_url):
            raise ConfigError(
                f"Requests to {self.base_url} are switched off: only loopback is allowed.",
                cure='Set alignenv.reward_design.llm.ALLOW_REQUESTS = "anywhere".',
            )

    def _connection_error(self, error: Exception) -> errors.RequestError:
        if type(error.__cause__).__name__ in _CONNECT_FAILURES:
            return errors.ServerUnreachable(
                f"No connection to {self.base_url}: {plain(str(error.__cause__), 200)}.",
                cure="Check --base-url and that the server is running.",
            )
        return errors.ConnectionLost(
            f"{self.base_url} closed the connection without a reply.",
            cure="Check the server's log.",
        )

    def _form_refused(
        self, error: openai.APIStatusError, model: str, mode: str
    ) -> errors.FormRefused:
        left = LADDER.refuse(self.base_url, model, mode)
        return errors.FormRefused(
            f"{self.base_url} answered {error.status_code} to a reply as {mode}: "
            f"{plain(error.message, 300)}",
            cure=f"Ask again: from now on {model} is asked for {left}.",
        )

    def _status_error(self, error: openai.APIStatusError) -> errors.RequestError:
        status = error.status_code
        said = f"{self.base_url} answered {status}: {plain(error.message, 300)}"
        if status in (401, 403) or error.code == "insufficient_quota":
            return errors.AccessRefused(said, cure="Check the key, its rights and its credit.")
        if status == 429:
            wait = _seconds(error.response.headers.get("retry-after"))
            return errors.RateLimited(said, cure="Wait, then resume.", retry_after_s=wait)
        if status in (408, 409) or status >= 500:
            return errors.ServerFault(said, cure="Wait, then resume.")
        if status == 404:
            return errors.UnknownModel(said, cure="Check the model's name and --base-url.")
        if any(word in f"{error.code} {said}".lower() for word in _CONTEXT_WORDS):
            return errors.ContextTooLong(said, cure="Use a model with a longer context.")
        return errors.RequestRefused(said, cure="Check that the server takes chat completions.")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _join(cls, value: object) -> object:
        """Some servers answer with a list of parts."""
        if not isinstance(value, list):
            return value
        return "".join(str(p.get("text", "")) for p in value if isinstance(p, dict))


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Body(BaseModel):
    choices: list[_Choice]
    usage: object = None


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt


def _read_reply(body: bytes, request: ChatRequest) -> ChatReply:
    """Read the first choice; count tokens ourselves when the server did not."""
    try:
        parsed = _Body.model_validate_json(body)
    except ValidationError as error:
        begin = plain(body[:120].decode(errors="replace"), 120)
        raise errors.MalformedReply(
            f"The reply is not a chat completion; it begins {begin!r}.",
            cure="Check that --base-url ends in /v1 and serves chat completions.",
        ) from error
    if not parsed.choices:
        raise errors.MalformedReply("The reply has no choices.", cure="Check the server's log.")
    choice = parsed.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    try:
        usage, estimated = _Usage.model_validate(parsed.usage), False
    except ValidationError:
        counted = {"prompt_tokens": prompt_tokens(request)}
        usage = _Usage(completion_tokens=estimate_tokens(text), **counted)
        estimated = True
    return ChatReply(
        text=text,
        finish_reason=choice.finish_reason or "stop",
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        estimated=estimated,
    )


def _refuses_form(error: openai.APIStatusError) -> bool:
    """Whether a server refused the request for the form of the reply that it asks for."""
    if error.status_code not in (400, 422):
        return False
    said = f"{error.code} {error.message}".lower()
    is_context = any(word in said for word in _CONTEXT_WORDS)
    return error.param == "response_format" or (is_about_form(said) and not is_context)


def _is_filtered(error: openai.APIStatusError) -> bool:
    return error.status_code == 400 and error.code in ("content_filter", "content_policy_violation")


def _seconds(header: str | None) -> float | None:
    """A Retry-After header in seconds; its rare date form counts as absent."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
