"""Models behind the Messages API of Anthropic, one request at a time.

Its client is an extra, imported when a model of this vendor is asked for.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, NonNegativeInt, ValidationError

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import transport
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.forms import SCHEMA, ReplyForm
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.llm.vendor import Vendor, VendorChat

_ENDS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_DEFAULT_TEMPERATURE = 1.0


class AnthropicChat(VendorChat):
    """A model behind Anthropic's endpoint, or one that speaks its protocol; its URL has no `/v1`.

    Args:
        model: Name that the server knows.
        server: As of `VendorChat`.

    Raises:
        ConfigError: The package `anthropic` is missing, there is no key for Anthropic's endpoint,
            or the URL is malformed.
    """

    VENDOR = Vendor("https://api.anthropic.com", "ANTHROPIC", (SCHEMA,))

    def __init__(self, model: str, **server: Any) -> None:
        self.sdk()
        super().__init__(model, **server)

    @staticmethod
    def sdk() -> Any:
        """The extra package.

        Raises:
            ConfigError: It is not installed.
        """
        try:
            import anthropic
        except ImportError as error:
            raise ConfigError(
                "A model of Anthropic needs the package anthropic.",
                cure="pip install 'alignenv[anthropic]'",
            ) from error
        return anthropic

    @staticmethod
    def client(sdk: Any) -> Any:
        """As of `VendorChat`."""
        return sdk.Anthropic

    @staticmethod
    def create(client: Any) -> Any:
        """As of `VendorChat`."""
        return client.messages.with_streaming_response.create

    def arguments(self, request: ChatRequest, form: ReplyForm | None, mode: str) -> dict[str, Any]:
        """As of `VendorChat`; what the system says is no message there."""
        system = "\n\n".join(m.content for m in request.messages if m.role == "system")
        said = [m for m in request.messages if m.role != "system"]
        arguments: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in said],
            "max_tokens": request.max_tokens,
            "extra_headers": {"Idempotency-Key": request.id, "X-Slot": str(request.slot)},
        }
        if system:
            arguments["system"] = system
        # What not every version of the client has as an argument.
        extra: dict[str, Any] = {}
        if request.temperature != _DEFAULT_TEMPERATURE:  # some models take no other value
            extra["temperature"] = request.temperature
        if form is not None:
            extra["output_config"] = {"format": {"type": mode, "schema": form.schema}}
        return {**arguments, "extra_body": extra} if extra else arguments

    def read(self, body: bytes, request: ChatRequest) -> ChatReply:
        """Join the parts of text; count tokens ourselves when the server did not."""
        parsed = transport.parsed(
            _Body,
            body,
            what="a message",
            cure="Check that --base-url serves the Messages API, without /v1 at its end.",
        )
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
