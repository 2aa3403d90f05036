"""The programs that audits are measured on: `tests/data/audit`, one folder per part and task."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PROGRAMS = Path(__file__).parents[1] / "tests" / "data" / "audit"
LABELS = ("Sound", "Subtle", "Gross")


class Labelled(NamedTuple):
    """One reward of the set.

    Attributes:
        task: Gymnasium id.
        name: Its name, unique in task and part.
        source: Its text.
        label: `Sound`, `Subtle` or `Gross` by who wrote it; empty where training is the truth.
        success: Mean TRUE success of the agents trained on it; None where none was.
        truth: What training says: `sound`, `hackable` or `not learned`; empty where the truth is
            the exact plan.
    """

    task: str
    name: str
    source: str
    label: str
    success: float | None = None
    truth: str = ""


def written(part: str, root: Path = PROGRAMS) -> list[Labelled]:
    """The programs of a part such as `dev`, by task and name."""
    found = []
    for path in sorted((root / part).glob("*/*.py"), key=lambda p: (p.parent.name, p.stem)):
        source = path.read_text(encoding="utf-8")
        label = source.removeprefix("# ").partition(":")[0]
        found.append(Labelled(path.parent.name, path.stem, source, label))
    return found
