"""What goes wrong with rewards: every failure mode in one sentence, and what helps."""

from __future__ import annotations

from typing import NamedTuple

from alignenv.analysis import FailureMode


class Ailment(NamedTuple):
    """One way in which a reward fails.

    Attributes:
        mode: Its name.
        meaning: How it shows, one sentence.
        advice: What helps, one sentence.
    """

    mode: FailureMode
    meaning: str
    advice: str

    @property
    def name(self) -> str:
        """Its name, for prompts."""
        return self.mode.value


TAXONOMY = (
    Ailment(
        FailureMode.MISREAD_STATE,
        "The program takes a field for something else: it computes with the value that means none, "
        "or compares with a value that the field never has.",
        "Read the field's line in the card again, and treat the value that means none apart.",
    ),
    Ailment(
        FailureMode.WRONG_SIGN,
        "A component charges for what leads to the goal, or pays for what ends an episode badly.",
        "Turn its sign round, and check which way its difference is taken.",
    ),
    Ailment(
        FailureMode.FARMABLE_COMPONENT,
        "A component is collected again and again while the goal is not reached.",
        "Pay the change of its quantity, so that going back costs what coming near paid, or pay it "
        "once.",
    ),
    Ailment(
        FailureMode.REWARD_FLOODING,
        "A component pays on most steps whatever the agent does, so that lingering earns more than "
        "finishing.",
        "Pay for progress, not for being: charge for every step, and pay most for the goal.",
    ),
    Ailment(
        FailureMode.DOMINATED_COMPONENT,
        "What pays for the goal is outweighed by other components, so that success is worth less "
        "than failure.",
        "Bring the components that outweigh it down to its scale.",
    ),
    Ailment(
        FailureMode.NEVER_FIRES,
        "A component acts neither in training nor in an episode that reaches the goal.",
        "Its condition cannot hold as written: loosen it, or leave it out.",
    ),
    Ailment(
        FailureMode.UNREACHABLE_MILESTONE,
        "A component pays for a step that training never reached, and nothing leads there.",
        "Pay for coming nearer to that step, beginning with what is done by chance.",
    ),
    Ailment(
        FailureMode.WEAK_SHAPING,
        "What is paid on the way is hardly anything beside the rest, so that better behaviour does "
        "not show.",
        "Make the way worth a fair share of what the goal pays.",
    ),
    Ailment(
        FailureMode.EXPLORATION_LIMITED,
        "Not a reward problem: success is worth more than failure and the way to it is paid, but "
        "the agent has not found it yet.",
        "Keep the form of the reward; train longer, explore more, or make its gradient steeper.",
    ),
)
"""All of them, in the order in which they are looked for."""

BY_MODE = {ailment.mode: ailment for ailment in TAXONOMY}
