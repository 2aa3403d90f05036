"""Programs that a language model wrote, packaged with the cards that it saw.

Written in November 2026 by a large language model that was shown one task card each and a request
for `reward(prev, action, state)`, blind to any check. `free_*` were told the signature alone,
`told_*` the language in one paragraph. None was selected by how it trains.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from alignenv.task import Task
from alignenv.types import Candidate, Trial

FOLDER = files("alignenv.benchmarks.bench").joinpath("data", "llm_programs")

_TASKS = {
    "doorkey": "AlignEnv-DoorKey-",
    "multiroom": "AlignEnv-MultiRoom-",
    "lava": "AlignEnv-LavaCrossing",
    "keycorridor": "AlignEnv-KeyCorridor",
    "push": "AlignEnv-Push-",
    "gripper": "AlignEnv-PickPlace-",
    "hopper": "AlignEnv-HopperSparse-",
    "craft_diamond": "AlignEnv-CraftDiamond-",
}
"""How the ids of the tasks begin that a card describes."""


@dataclass(frozen=True, slots=True)
class RecordedProgram:
    """One program: its file's name and its text."""

    name: str
    source: str


def recorded_programs(task: Task) -> tuple[RecordedProgram, ...]:
    """Every packaged program that was written for a card like the task's, by name.

    Only for tasks whose state record has every field of the card that the writer saw: on others
    the programs would fail by no fault of theirs.
    """
    cards = json.loads(FOLDER.joinpath("cards.json").read_text(encoding="utf-8"))["cards"]
    fields = {field.name for field in task.card.state}
    kinds = [
        kind
        for kind, start in _TASKS.items()
        if task.id.startswith(start) and set(cards[kind]["fields"]) <= fields
    ]
    found = [
        RecordedProgram(file.name.removesuffix(".py"), file.read_text(encoding="utf-8"))
        for file in FOLDER.iterdir()
        for kind in kinds
        if file.name.startswith((f"free_{kind}_", f"told_{kind}_"))
    ]
    return tuple(sorted(found, key=lambda program: program.name))


class Recorded:
    """A designer that proposes given programs, once, in order, and learns nothing.

    Args:
        programs: What to propose.
    """

    def __init__(self, programs: Sequence[RecordedProgram]) -> None:
        self._waiting = list(programs)
        self._n_asked = 0

    def ask(self, n: int) -> Sequence[Candidate]:
        """The next `n` programs."""
        chosen, self._waiting = self._waiting[:n], self._waiting[n:]
        first, self._n_asked = self._n_asked, self._n_asked + len(chosen)
        return [
            Candidate(
                id=f"g00c{first + i:02d}",
                source=program.source,
                coder="recorded",
                generation=0,
                note=program.name,
            )
            for i, program in enumerate(chosen)
        ]

    def tell(self, trials: Sequence[Trial]) -> None:
        """There is nothing to learn."""


def sources(programs: Sequence[RecordedProgram]) -> dict[str, Any]:
    """Texts by name, for a record's settings."""
    return {program.name: program.source for program in programs}
