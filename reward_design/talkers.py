"""Language models by vendor: what analysts and critics are made over, and coders of some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alignenv.errors import ConfigError
from alignenv.reward_design.llm.budget import price_of

if TYPE_CHECKING:
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.coders.specs import CoderSettings
    from alignenv.reward_design.llm.forms import ReplyForm


def make_openai(settings: CoderSettings, form: ReplyForm | None = None) -> ChatCoder:
    """A model behind an OpenAI-compatible server.

    Args:
        settings: Its name, journal, budget, price and server.
        form: What its replies should look like; None for text.

    Raises:
        ConfigError: No model, no key, or a money cap without a price.
    """
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.llm.openai_chat import OpenAIChat

    model = _model(settings, "openai", "gpt-5-mini")
    price = price_of(model, settings.price, settings.budget)
    return ChatCoder.over(OpenAIChat(model, base_url=settings.base_url, form=form), settings, price)


def make_anthropic(settings: CoderSettings, form: ReplyForm | None = None) -> ChatCoder:
    """A model of Anthropic; as a coder too.

    Args:
        settings: Its name, journal, budget, price and server.
        form: What its replies should look like; None for text.

    Raises:
        ConfigError: No model, no package, no key, or a money cap without a price.
    """
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.llm.anthropic_chat import AnthropicChat

    model = _model(settings, "anthropic", "claude-sonnet-4-6")
    price = price_of(model, settings.price, settings.budget)
    chat = AnthropicChat(model, base_url=settings.base_url, form=form)
    return ChatCoder.over(chat, settings, price)


def _model(settings: CoderSettings, kind: str, example: str) -> str:
    if not settings.argument:
        raise ConfigError(
            f"{kind!r} needs an argument.", cure=f"Write {kind}:MODEL, such as {kind}:{example}."
        )
    return settings.argument
