"""Independent samples: the control that every search has to beat at an equal budget."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.reward_design.designers.base import GenerationalDesigner
from alignenv.types import Draft, Trial


class BestOfN(GenerationalDesigner):
    """Independent samples: every program is written from the task alone.

    It never looks at an outcome; the best one wins at the end. What the coder reaches with the
    same number of trainings and no feedback.
    """

    def propose(self, n: int) -> Sequence[Draft]:
        """`n` programs from the card."""
        return self.write(n)

    def learn(self, trials: Sequence[Trial]) -> None:
        """Outcomes change nothing."""
