"""The analyst's nouns: failures of a reward by name, and what an analyst says of a trained program.

An analyst looks at a training and at recorded episodes and names what went wrong. The names are a
closed list; text that a model wrote is data here, never instructions.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from alignenv.task import TaskCard
    from alignenv.types import Trial


class FailureMode(enum.StrEnum):
    """Ways in which a reward fails to lead to the goal, the order in which they are looked for."""

    MISREAD_STATE = "misread-state"
    WRONG_SIGN = "wrong-sign"
    FARMABLE_COMPONENT = "farmable-component"
    REWARD_FLOODING = "reward-flooding"
    DOMINATED_COMPONENT = "dominated-component"
    NEVER_FIRES = "never-fires"
    UNREACHABLE_MILESTONE = "unreachable-milestone"
    WEAK_SHAPING = "weak-shaping"
    EXPLORATION_LIMITED = "exploration-limited"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFailure:
    """One failure that was found, with what was seen of it.

    Attributes:
        mode: Its name.
        confidence: How sure the analyst is, in [0, 1].
        evidence: What was seen, as text.
        component: Component of the reward that it concerns; empty for the whole reward.
        field: Field of the state record that it concerns; empty for none.
        steps: First and last step of the recorded episode that shows it, counted from 1; None
            where no episode does.
    """

    mode: FailureMode
    confidence: float
    evidence: str
    component: str = ""
    field: str = ""
    steps: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What an analyst says of one trained program.

    Attributes:
        failures: What went wrong, the most likely first; empty where nothing was found.
        text: What was seen in recorded episodes, compact. It tells of episodes that reached the
            goal or did not, and gives no rate of success.
        gap: Designed return against TRUE success over training, one or two sentences; for those
            who are shown success.
        proposal: What to change.
        requests: Ids of the recorded model calls that made it.
    """

    failures: tuple[NamedFailure, ...] = ()
    text: str = ""
    gap: str = ""
    proposal: str = ""
    requests: tuple[str, ...] = ()


class Analyst(Protocol):
    """Looks at trained programs and says what went wrong."""

    name: str

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """One analysis per trial of a generation, in their order; None for one not looked at.

        Equal trials and equal recorded replies give equal analyses. A trial that failed, or whose
        agent reaches the goal, gets no named failure.
        """
        ...
