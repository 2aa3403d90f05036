"""From an analyst's name on the command line to the analyst."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alignenv.analysis import Analyst
from alignenv.errors import ConfigError
from alignenv.registry import Registry
from alignenv.reward_design import talkers
from alignenv.reward_design.coders import specs
from alignenv.reward_design.coders.specs import CoderSettings
from alignenv.reward_design.llm.budget import Budget, Price
from alignenv.reward_design.llm.types import Journal
from alignenv.task import TaskCard

if TYPE_CHECKING:
    from alignenv.types import Coder, Talker

LOOK_AT_NOTHING = frozenset({"none", "taxonomy"})
"""Analysts for whom no episode need be looked at."""


def make_analyst(
    spec: str,
    card: TaskCard,
    *,
    journal: Journal | None = None,
    budget: Budget | str = "",
    price: Price | str = "",
    base_url: str | None = None,
) -> Analyst:
    """Build the analyst of a spec.

    Args:
        spec: `rules`, `rules:blind`, `none`, `taxonomy`, `openai:MODEL`, `replay:FILE`,
            `scripted:FILE`, `manual` or `manual:FOLDER`; `coder` for a designer that asks its
            coder's model itself; or a name that a package declares.
        card: The task.
        journal: Where requests and replies are recorded; in memory when left out.
        budget: Caps over all that the journal holds.
        price: Price of the model; it wins over the price file.
        base_url: OpenAI-compatible server for `openai:MODEL`.

    Raises:
        UnknownName: No installed package provides such an analyst.
        ConfigError: A key, a file, a name or a price is missing or malformed.
    """
    registry: Registry[Analyst] = Registry("analyst")
    settings = specs.read_settings(
        spec, card, journal=journal, budget=budget, price=price, base_url=base_url
    )
    return registry.make(specs.parse_coder_spec(spec).kind, settings)


def make_rules(settings: CoderSettings) -> Analyst:
    """Factory of `rules` and `rules:blind`.

    Raises:
        ConfigError: The argument is another.
    """
    from alignenv.reward_design.analysts.rules import RulesAnalyst

    if settings.argument not in ("", "blind"):
        raise ConfigError(
            f"The analyst rules takes no argument but blind, got {settings.argument!r}.",
            cure="Write --analyst rules, or rules:blind to leave the scripted reference out.",
        )
    return RulesAnalyst(is_blind=settings.argument == "blind")


def make_none(settings: CoderSettings) -> Analyst:
    """Factory of `none`."""
    from alignenv.reward_design.analysts.plain import SilentAnalyst

    return _without_argument(settings, SilentAnalyst())


def make_taxonomy(settings: CoderSettings) -> Analyst:
    """Factory of `taxonomy`."""
    from alignenv.reward_design.analysts.plain import StaticAnalyst

    return _without_argument(settings, StaticAnalyst())


def make_deferring(settings: CoderSettings) -> Analyst:
    """Factory of `coder`."""
    from alignenv.reward_design.analysts.plain import DeferringAnalyst

    return _without_argument(settings, DeferringAnalyst())


def make_openai(settings: CoderSettings) -> Analyst:
    """Factory of `openai:MODEL`."""
    from alignenv.reward_design.analysts.replies import FORM

    return _chat("openai", settings, talkers.make_openai(settings, FORM))


def make_anthropic(settings: CoderSettings) -> Analyst:
    """Factory of `anthropic:MODEL`."""
    from alignenv.reward_design.analysts.replies import FORM

    return _chat("anthropic", settings, talkers.make_anthropic(settings, FORM))


def make_replay(settings: CoderSettings) -> Analyst:
    """Factory of `replay:FILE`."""
    return _chat("replay", settings, specs.make_replay(settings))


def make_scripted(settings: CoderSettings) -> Analyst:
    """Factory of `scripted:FILE`."""
    return _chat("scripted", settings, specs.make_scripted(settings))


def make_manual(settings: CoderSettings) -> Analyst:
    """Factory of `manual` (terminal) and `manual:FOLDER` (files)."""
    return _chat("manual", settings, specs.make_manual(settings))


def _chat(kind: str, settings: CoderSettings, coder: Coder) -> Analyst:
    from alignenv.reward_design.analysts.chat import ChatAnalyst

    name = f"{kind}:{settings.argument}" if settings.argument else kind
    return ChatAnalyst(name, cast("Talker", coder))


def _without_argument(settings: CoderSettings, analyst: Analyst) -> Analyst:
    specs.refuse_argument(settings, f"The analyst {analyst.name}", f"--analyst {analyst.name}")
    return analyst
