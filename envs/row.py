"""What the suite says of one environment id; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One environment id.

    Attributes:
        id: Gymnasium id.
        family: Which family builds it; its preset and docs group too.
        world: The family's own description, such as a `GridLayout`.
        horizon: Longest episode, in steps.
        tags: What it is good for: `smoke` is solved by the sparse reward too, `standard` and
            `hard` are not; `headline` is measured with more seeds and columns than others;
            `separating` asks for more than novelty or random rewards; `xl` does not fit a laptop.
        origin: Gymnasium id of the environment that it equals by seed and actions; empty for
            tasks of our own.
        has_fixed_start: Whether every episode begins at the same place, facing the same way.
        requires: Optional extra that it needs; empty for none.
    """

    id: str
    family: str
    world: Any
    horizon: int
    tags: tuple[str, ...] = ()
    origin: str = ""
    has_fixed_start: bool = False
    requires: str = ""

    @property
    def name(self) -> str:
        """The id without the suite's prefix."""
        return self.id.removeprefix("AlignEnv-")
