"""Any OpenAI-compatible server, one request at a time.

Servers differ, so little is taken for granted: several choices are never asked for, a schema of the
reply is offered and not relied on, a missing `usage` is estimated, and the body is read by our own
schema under a deadline and a size cap.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, NonNegativeInt, ValidationError, field_validator

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import errors, transport
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.forms import LADDER, ReplyForm, is_about_form
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.text import plain

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"


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
        self.base_url = transport.checked_url(
            base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
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

        transport.check_allowed(self.base_url)
        mode = LADDER.mode(self.base_url, request.model) if self._form else "text"
        try:
            body = self._send(request, mode)
        except openai.APITimeoutError as error:
            raise transport.timed_out(self.base_url, self._timeout_s) from error
        except openai.APIConnectionError as error:
            raise transport.connection_error(error, self.base_url) from error
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
            raise transport.status_error(error, self.base_url, error.code or "") from error
        return _read_reply(body, request)

    def _send(self, request: ChatRequest, mode: str) -> bytes:
        """The body of a 2xx response, read under a deadline and a size cap."""
        import openai

        deadline = time.monotonic() + self._timeout_s
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
            return transport.read_body(
                response.iter_bytes(), self.base_url, deadline, self._timeout_s
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

    def _form_refused(
        self, error: openai.APIStatusError, model: str, mode: str
    ) -> errors.FormRefused:
        left = LADDER.refuse(self.base_url, model, mode)
        return errors.FormRefused(
            f"{self.base_url} answered {error.status_code} to a reply as {mode}: "
            f"{plain(error.message, 300)}",
            cure=f"Ask again: from now on {model} is asked for {left}.",
        )


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
    is_meant = is_about_form(said) and not transport.is_about_context(said)
    return error.param == "response_format" or is_meant


def _is_filtered(error: openai.APIStatusError) -> bool:
    return error.status_code == 400 and error.code in ("content_filter", "content_policy_violation")
