"""Any OpenAI-compatible server, one request at a time.

Servers differ, so little is taken for granted: several choices are never asked for, a schema of the
reply is offered and not relied on, a missing `usage` is estimated, and the body is read by our own
schema under a deadline and a size cap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, NonNegativeInt, ValidationError, field_validator

from alignenv.reward_design.llm import errors, transport
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.forms import OBJECT, SCHEMA, ReplyForm
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.llm.vendor import Vendor, VendorChat

if TYPE_CHECKING:
    import openai


class OpenAIChat(VendorChat):
    """A model behind an OpenAI-compatible endpoint, whose URL ends in `/v1`."""

    VENDOR = Vendor("https://api.openai.com/v1", "OPENAI", (SCHEMA, OBJECT))

    @staticmethod
    def sdk() -> Any:
        """As of `VendorChat`."""
        import openai

        return openai

    @staticmethod
    def client(sdk: Any) -> Any:
        """As of `VendorChat`."""
        return sdk.OpenAI

    @staticmethod
    def create(client: Any) -> Any:
        """As of `VendorChat`."""
        return client.chat.completions.with_streaming_response.create

    def arguments(self, request: ChatRequest, form: ReplyForm | None, mode: str) -> dict[str, Any]:
        """As of `VendorChat`."""
        # OpenAI's newer models refuse max_tokens; many other servers know nothing else.
        limit = "max_completion_tokens" if self.base_url == self.VENDOR.url else "max_tokens"
        return {
            **({"response_format": _asked(form, mode)} if form else {}),
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            limit: request.max_tokens,
            "extra_headers": {"Idempotency-Key": request.id, "X-Slot": str(request.slot)},
        }

    def refused(self, error: openai.APIStatusError, request: ChatRequest, mode: str) -> ChatReply:
        """As of `VendorChat`; a filtered answer is a reply without text."""
        if _is_filtered(error):
            return ChatReply(
                text="",
                finish_reason="content_filter",
                prompt_tokens=prompt_tokens(request),
                estimated=True,
            )
        return super().refused(error, request, mode)

    def read(self, body: bytes, request: ChatRequest) -> ChatReply:
        """Read the first choice; count tokens ourselves when the server did not."""
        parsed = transport.parsed(
            _Body,
            body,
            what="a chat completion",
            cure="Check that --base-url ends in /v1 and serves chat completions.",
        )
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


def _asked(form: ReplyForm, mode: str) -> dict[str, Any]:
    """`response_format` of a request."""
    if mode == OBJECT:
        return {"type": OBJECT}
    schema = {"name": form.name, "strict": True, "schema": form.schema}
    return {"type": SCHEMA, "json_schema": schema}


def _is_filtered(error: openai.APIStatusError) -> bool:
    return error.status_code == 400 and error.code in ("content_filter", "content_policy_violation")
