"""The most that a search may ask of language models, told before the first request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from alignenv.benchmarks.settings import SearchSettings
from alignenv.reward_design.coders.chat import MAX_TOKENS
from alignenv.reward_design.coders.specs import parse_coder_spec, read_budget, read_price
from alignenv.reward_design.critic.specs import NO_CRITIC
from alignenv.reward_design.designers.catalogue import DesignerPlan
from alignenv.reward_design.llm.budget import Budget, estimate_tokens, find_price
from alignenv.reward_design.prompts.render import system_prompt, task_prompt
from alignenv.task import TaskCard

PAID = ("openai", "anthropic")
"""Kinds of specs whose requests somebody pays for."""

Number = TypeVar("Number", int, float)


class Outlay(NamedTuple):
    """Requests, tokens and US dollars of one model or of several.

    Attributes:
        calls: Requests; one that has to be repeated counts once.
        tokens: Of prompts and replies.
        usd: None where a price is not known.
    """

    calls: int
    tokens: int
    usd: float | None

    def __add__(self, other: object) -> Outlay:
        """The sum, whose price is known where both are."""
        if not isinstance(other, Outlay):
            return NotImplemented
        known = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Outlay(self.calls + other.calls, self.tokens + other.tokens, known)


def outlay_line(settings: SearchSettings, plan: DesignerPlan, card: TaskCard) -> str:
    """One line on the worst case, with the caps of the budget; empty where nobody is paid.

    A prompt counts as the task and a program as long as a reply, a reply as long as one may be.
    Retries come on top; only a cap bounds them.
    """
    parts = list(_parts(settings, plan, card))
    if not parts:
        return ""
    total = sum(parts[1:], start=parts[0])
    budget = read_budget(settings.budget)
    usd = "US dollars unknown without --price"
    if total.usd is not None:
        usd = f"{_least(total.usd, budget.usd):.2f} US dollars"
    return (
        f"language models, at most: {_least(total.calls, budget.calls):,} requests, "
        f"{_least(total.tokens, budget.tokens):,} tokens, {usd}; {_caps(budget)}"
    )


def _parts(settings: SearchSettings, plan: DesignerPlan, card: TaskCard) -> Iterator[Outlay]:
    """One outlay per role that a paid model plays."""
    protocol, has_critic = settings.protocol, settings.critic != NO_CRITIC
    most = getattr(plan.factory, "most_requests", None)
    each = most(plan.options) if most is not None else 1
    written = protocol.generations * protocol.candidates * each
    if has_critic:
        written *= settings.critic_rounds + 1
    analyst = plan.analyst_of(settings.analyst)
    analyst_price = settings.analyst_price or (settings.price if analyst == plan.coder else "")
    tokens = estimate_tokens(system_prompt() + task_prompt(card)) + MAX_TOKENS
    for spec, n, price in (
        (plan.coder, written, settings.price),
        (settings.critic, 1 + written, settings.critic_price),
        (analyst, protocol.generations, analyst_price),
    ):
        role = parse_coder_spec(spec)
        if role.kind in PAID:
            known = read_price(price) or find_price(role.argument)
            usd = None if known is None else n * known.micro_usd(tokens, MAX_TOKENS) / 1e6
            yield Outlay(n, n * (tokens + MAX_TOKENS), usd)


def _least(planned: Number, cap: Number | None) -> Number:
    return planned if cap is None else min(planned, cap)


def _caps(budget: Budget) -> str:
    caps = (("calls", budget.calls), ("tokens", budget.tokens), ("usd", budget.usd))
    told = ",".join(f"{name}={cap:g}" for name, cap in caps if cap is not None)
    return f"nothing is sent that could pass {told}" if told else "no cap, see --budget"
