"""From a coder's name on the command line to the coder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from alignenv.errors import ConfigError
from alignenv.registry import Registry
from alignenv.reward_design.llm.budget import FREE, Budget, Price
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.types import Journal
from alignenv.task import TaskCard
from alignenv.types import Coder

if TYPE_CHECKING:
    from alignenv.reward_design.llm.recorder import RetryPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderSpec:
    """A coder's name and what it needs, such as `openai` and `gpt-5`."""

    kind: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderSettings:
    """Everything a coder's factory is given.

    Attributes:
        argument: What follows the colon of its spec.
        card: The task.
        journal: Where requests and replies are recorded.
        budget: Caps on calls, tokens and money.
        price: Price given by the user, None for the one of the price file.
        base_url: OpenAI-compatible server, None for the default.
        retry: What to do about failed requests, None for the default.
    """

    argument: str
    card: TaskCard
    journal: Journal
    budget: Budget = field(default_factory=Budget)
    price: Price | None = None
    base_url: str | None = None
    retry: RetryPolicy | None = None


def parse_coder_spec(text: str) -> CoderSpec:
    """Read `symbolic`, `openai:MODEL`, `replay:FILE`, `manual`, and others of that form.

    Raises:
        ConfigError: There is no name before the colon.
    """
    kind, _, argument = text.partition(":")
    if not kind.strip():
        raise ConfigError(f"Coder {text!r} has no name.", cure="Write for example openai:gpt-5.")
    return CoderSpec(kind=kind.strip(), argument=argument.strip())


def make_coder(
    spec: str,
    card: TaskCard,
    *,
    journal: Journal | None = None,
    budget: Budget | str = "",
    price: Price | str = "",
    base_url: str | None = None,
    retry: RetryPolicy | None = None,
) -> Coder:
    """Build the coder of a spec.

    Args:
        spec: As `parse_coder_spec` reads it.
        card: The task it will write for.
        journal: Where requests and replies are recorded; in memory when left out.
        budget: Caps, as an object or as `calls=..,tokens=..,usd=..`.
        price: Price of the model, as an object or as `in=..,out=..`; it wins over the price file.
        base_url: OpenAI-compatible server for `openai:MODEL`.
        retry: What to do about failed requests.

    Raises:
        UnknownName: No installed package provides such a coder.
        ConfigError: A key, a file, a name or a price is missing or malformed.
    """
    registry: Registry[Coder] = Registry("coder")
    return registry.make(
        parse_coder_spec(spec).kind,
        read_settings(
            spec,
            card,
            journal=journal,
            budget=budget,
            price=price,
            base_url=base_url,
            retry=retry,
        ),
    )


def read_settings(
    spec: str,
    card: TaskCard,
    *,
    journal: Journal | None,
    budget: Budget | str,
    price: Price | str,
    base_url: str | None,
    retry: RetryPolicy | None = None,
) -> CoderSettings:
    """What the factory of a coder, critic or analyst is given; arguments as of `make_coder`.

    Raises:
        ConfigError: The budget or the price is malformed, or the spec has no name.
    """
    return CoderSettings(
        argument=parse_coder_spec(spec).argument,
        card=card,
        journal=journal or MemoryJournal(),
        budget=read_budget(budget),
        price=read_price(price),
        base_url=base_url,
        retry=retry,
    )


def refuse_argument(settings: CoderSettings, who: str, option: str) -> None:
    """Refuse what stands after the colon of a name that takes nothing.

    Raises:
        ConfigError: There is something.
    """
    if settings.argument:
        raise ConfigError(
            f"{who} takes no argument, got {settings.argument!r}.", cure=f"Write {option}."
        )


def make_symbolic(settings: CoderSettings) -> Coder:
    """Factory of the `symbolic` coder.

    Raises:
        ConfigError: The spec has an argument.
    """
    from alignenv.reward_design.coders.symbolic import SymbolicCoder

    refuse_argument(settings, "The symbolic coder", "--coder symbolic")
    return SymbolicCoder()


def make_replay(settings: CoderSettings) -> Coder:
    """Factory of `replay:FILE`, and of `replay:FILE#MODEL` for a file of several models."""
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.llm.offline import ReplayChat

    file, _, name = _needed(settings, "replay", "FILE of recorded replies").partition("#")
    model = ReplayChat(Path(file), name)
    return ChatCoder.over(model, settings, FREE, like=model.template)


def make_scripted(settings: CoderSettings) -> Coder:
    """Factory of `scripted:FILE`."""
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.llm.offline import ScriptedChat

    path = Path(_needed(settings, "scripted", "FILE of replies"))
    return ChatCoder.over(ScriptedChat.from_file(path), settings, FREE)


def make_manual(settings: CoderSettings) -> Coder:
    """Factory of `manual` (terminal) and `manual:FOLDER` (files)."""
    from alignenv.reward_design.coders.chat import ChatCoder
    from alignenv.reward_design.llm.offline import ManualChat

    folder = Path(settings.argument) if settings.argument else None
    return ChatCoder.over(ManualChat(folder), settings, FREE)


def _needed(settings: CoderSettings, kind: str, what: str) -> str:
    if not settings.argument:
        raise ConfigError(f"Coder {kind!r} needs an argument.", cure=f"Write {kind}:{what}.")
    return settings.argument


def read_budget(budget: Budget | str) -> Budget:
    """Caps from their text; none where it is empty."""
    if isinstance(budget, Budget):
        return budget
    return Budget.parse(budget) if budget.strip() else Budget()


def read_price(price: Price | str) -> Price | None:
    """A price from its text; None where it is empty."""
    if isinstance(price, Price):
        return price
    return Price.parse(price) if price.strip() else None
