"""What the measured rates of a task say about its use: whether it needs a designed reward."""

from __future__ import annotations

import enum
from collections.abc import Mapping

SPARSE_AT_MOST, HUMAN_AT_LEAST = 0.2, 0.8
"""TRUE success that tells a task that needs a designed reward: without it, and with it."""


class Standing(enum.Enum):
    """Where a task stands; the value says why it stays in the suite."""

    NEEDS_REWARD = (
        "The sparse reward stays at 20 % or below and the human reward reaches 80 % or more. "
        "Reward design is compared on these."
    )
    SOLVED_WITHOUT = (
        "The sparse reward alone passes 20 %. They stay because a test takes seconds on them, and "
        "because a designed reward must not make them worse."
    )
    HUMAN_FAILS = (
        "The human reward does not reach 80 % within the preset's budget. They stay as open "
        "problems: a better program, or more steps, would show."
    )
    UNMEASURED = "No training of both rewards is committed: `xl` tasks do not fit a laptop."

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ").lower()


def standing(rates: Mapping[str, float | None]) -> Standing:
    """Where a task with these rates of TRUE success stands.

    Args:
        rates: Shares in [0, 1] by column; `sparse` and `human` are read, None for not measured.
    """
    sparse, human = rates.get("sparse"), rates.get("human")
    if sparse is None or human is None:
        return Standing.UNMEASURED
    if sparse > SPARSE_AT_MOST:
        return Standing.SOLVED_WITHOUT
    return Standing.NEEDS_REWARD if human >= HUMAN_AT_LEAST else Standing.HUMAN_FAILS
