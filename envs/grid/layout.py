"""Which grids a task is played on, as data; light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLayout:
    """One family of grids, drawn from MiniGrid's random stream.

    Attributes:
        kind: Generator, a name in `alignenv.envs.grid.layouts.table`.
        width: Cells, outer walls included.
        height: Cells, outer walls included.
        max_steps: Longest episode.
        minigrid_id: Environment whose grids, rules and pictures these are.
        params: Arguments of the generator by name.
        see_through_walls: Whether walls and closed doors hide nothing.
    """

    kind: str
    width: int
    height: int
    max_steps: int
    minigrid_id: str
    params: Mapping[str, int] = field(default_factory=dict)
    see_through_walls: bool = False
