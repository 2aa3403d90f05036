"""A designer: half of each generation changes the best program, and half is written afresh."""

from collections.abc import Sequence

from alignenv.reward_design.archive import Elites, ranked
from alignenv.reward_design.designers.base import (
    DesignerOptions,
    GenerationalDesigner,
    coders_failures,
)
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class HalfAndHalf(GenerationalDesigner):
    """Changes the best program so far in half of its drafts, and starts afresh in the others."""

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: DesignerOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed, options)
        self._best = Elites(1)
        self._failed: tuple[Trial, ...] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        changed = {"parents": self._best.best(), "failed": self._failed}
        afresh = {"failed": self._failed}
        return self.write_each([afresh if i % 2 else changed for i in range(n)])

    def learn(self, trials: Sequence[Trial]) -> None:
        self._failed = coders_failures(trials)
        for trial in ranked(trials):
            self._best.add(trial)
