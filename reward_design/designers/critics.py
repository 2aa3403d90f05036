"""What Auto MC-Reward's designer has its coder's model say of a draft, and the form it asks for.

The critic that every designer can have is `alignenv.reward_design.critic`; this is the paper's own
conversation between two roles of one model, about the text alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.reward_design.designers.execution import refusal
from alignenv.reward_design.designers.signs import with_fixed_magnitudes
from alignenv.reward_design.prompts import render
from alignenv.task import TaskCard
from alignenv.types import Draft, Turn

REWRITE = "REWRITE"
"""First word of a critic's answer that sends a program back."""


def by_rule(draft: Draft, card: TaskCard) -> str:
    """What the language and the form of the reward object to; empty for nothing."""
    failure = refusal(draft, card)
    if failure is not None:
        return failure.message
    if with_fixed_magnitudes(draft.source) is None:
        return (
            "The function reward has to end in its only return: a total and a dict literal of "
            "its components, named sparse and dense."
        )
    return ""


def conversation(draft: Draft, card: TaskCard) -> Sequence[Turn]:
    """What a language model is asked in the critic's role."""
    system, user = render.amc_critic_prompts(card, draft.source)
    return (Turn("system", system), Turn("user", user))


def verdict(answer: str) -> str:
    """The criticism in an answer; empty where it does not ask for another program.

    An answer in another form counts as consent: a critic has to say what is wrong to be heard.
    """
    head, _, rest = answer.strip().partition("\n")
    if not head.strip().strip("`*#:. ").upper().startswith(REWRITE):
        return ""
    first = head.strip().strip("`*#:. ")[len(REWRITE) :].strip("`*#:. ")
    return "\n".join(filter(None, (first, rest.strip())))
