"""From a critic's name on the command line to the critic."""

from __future__ import annotations

from collections.abc import Callable

from alignenv.critique import Critic
from alignenv.registry import Registry
from alignenv.reward_design import talkers
from alignenv.reward_design.coders import specs as coders
from alignenv.reward_design.coders.specs import CoderSettings, parse_coder_spec
from alignenv.reward_design.critic.panel import Panel
from alignenv.reward_design.llm.types import Journal
from alignenv.task import TaskCard
from alignenv.types import Coder, Talker

NO_CRITIC = "none"


def make_critic(
    spec: str,
    card: TaskCard,
    *,
    journal: Journal | None = None,
    budget: str = "",
    price: str = "",
    base_url: str | None = None,
) -> Critic | None:
    """Build the critic of a spec; None for `none`.

    Args:
        spec: `none`, `rules`, `openai:MODEL`, `replay:FILE`, `scripted:FILE`, or the name of
            another package's critic with its argument.
        card: The task it will judge programs for.
        journal: Where requests and replies are recorded; in memory when left out.
        budget: Caps over all that the journal holds, as `calls=..,tokens=..,usd=..`.
        price: Price of its model, as `in=..,out=..`; it wins over the price file.
        base_url: OpenAI-compatible server of its model.

    Raises:
        UnknownName: No installed package provides such a critic.
        ConfigError: A key, a file, a name or a price is missing or malformed.
    """
    kind = parse_coder_spec(spec).kind
    if kind == NO_CRITIC:
        return None
    registry: Registry[Critic] = Registry("critic")
    settings = coders.read_settings(
        spec, card, journal=journal, budget=budget, price=price, base_url=base_url
    )
    return registry.make(kind, settings)


def make_rules(settings: CoderSettings) -> Critic:
    """Factory of `rules`.

    Raises:
        ConfigError: The spec has an argument.
    """
    coders.refuse_argument(settings, "The critic rules", "--critic rules")
    return Panel()


def make_openai(settings: CoderSettings) -> Critic:
    """Factory of `openai:MODEL`: the rules and that model.

    Raises:
        ConfigError: No model, no key, or a money cap without a price.
    """
    return _judging(settings, talkers.make_openai)


def make_anthropic(settings: CoderSettings) -> Critic:
    """Factory of `anthropic:MODEL`: the rules and that model.

    Raises:
        ConfigError: No model, no package, no key, or a money cap without a price.
    """
    return _judging(settings, talkers.make_anthropic)


def make_replay(settings: CoderSettings) -> Critic:
    """Factory of `replay:FILE`: the rules and a recorded model."""
    return _with_model(settings, coders.make_replay(settings))


def make_scripted(settings: CoderSettings) -> Critic:
    """Factory of `scripted:FILE`: the rules and replies in order, the rubric first."""
    return _with_model(settings, coders.make_scripted(settings))


def _judging(settings: CoderSettings, make: Callable[..., Coder]) -> Critic:
    """The rules and a model that judges in a form."""
    from alignenv.reward_design.critic.model import FORM

    judge = make(settings, FORM)
    assert isinstance(judge, Talker), "vendors' models answer in words"
    return _with_model(settings, make(settings), judge)


def _with_model(settings: CoderSettings, model: Coder, judge: Talker | None = None) -> Critic:
    from alignenv.reward_design.critic.model import ModelVoice

    assert isinstance(model, Talker), "these coders ask a model"
    return Panel([ModelVoice(model.name, model, settings.card, judge)])
