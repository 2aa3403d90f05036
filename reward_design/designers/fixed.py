"""One given program, trained again and again: what is luck of the learner, and not design."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from alignenv.reward_design.designers.base import DesignerOptions, GenerationalDesigner
from alignenv.reward_design.designers.programs import ProgramText
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class FixedOptions(DesignerOptions):
    """The program."""

    program: ProgramText = Field(
        min_length=1, description="A reference reward such as human, or a FILE.py."
    )


class Fixed(GenerationalDesigner):
    """One given program under every id, so that only the seed of its training differs.

    The spread of the trials is the learner's own, and the best of them is what luck alone finds.

    Args:
        coder: Not used.
        card: The task.
        seed: Not used: every training has the seed of its id.
        options: The program.
    """

    Options = FixedOptions
    argument = "program"
    writes_nothing = True
    drops_repeats = False

    def __init__(self, coder: Coder, card: TaskCard, seed: int, options: FixedOptions) -> None:
        super().__init__(coder, card, seed)
        self._program = options.program

    def propose(self, n: int) -> Sequence[Draft]:
        """The program, `n` times."""
        return [Draft(source=self._program, coder="given")] * n

    def learn(self, trials: Sequence[Trial]) -> None:
        """There is nothing to learn."""
