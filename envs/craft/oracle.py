"""A planner that knows the whole map: it shows that every world can be solved, and how fast.

It is written without the compiled searches of this family, so that it checks them too.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.craft.cells import (
    ANIMAL,
    CAN_WALK,
    DIAMOND,
    IRON,
    IRONS,
    PLANKS,
    STONE,
    STONES,
    TABLE,
    TAKES_TABLE,
    TREE,
    WOOD,
    Cells,
)
from alignenv.envs.craft.core import CraftCore
from alignenv.envs.craft.dynamics import COLLECT, PLACE_TABLE
from alignenv.envs.craft.goals import (
    CAVE_DIAMOND,
    EAT,
    FACE_TREE,
    GOALS,
    IRON_PICKAXE,
    WOODEN_PICKAXE,
)
from alignenv.envs.craft.recipes import MAKE_TABLE, RECIPES
from alignenv.envs.craft.world import AHEAD, AREA

_AHEAD = AHEAD.tolist()
_NOOP = PLACE_TABLE - 1
"""Placing a stone: does nothing in the hands of who has none."""
_MAKE = {recipe.name: PLACE_TABLE + index for index, recipe in enumerate(RECIPES)}
_PICKAXES = tuple(recipe.name for recipe in RECIPES if recipe.tier)
_PICKAXE_PLANKS = [recipe.costs[PLANKS] for recipe in RECIPES if recipe.tier]
_TABLE_PLANKS = RECIPES[MAKE_TABLE].costs[PLANKS]
_BEST = len(_PICKAXES)
_UNREACHED = 1 << 20


def steps_to(cells: list[int], targets: list[int], *, can_dig: bool) -> npt.NDArray[np.int64]:
    """Steps from every place until next to one of the targets, `(AREA,)`; 1 is next to it.

    Args:
        cells: Codes of one world.
        targets: Places.
        can_dig: Whether stone can be walked through, at two steps a cell.
    """
    steps = np.full(AREA, _UNREACHED, dtype=np.int64)
    queue = [(0, target) for target in targets]
    while queue:
        length, here = heappop(queue)
        cost = 1 if length == 0 else int(CAN_WALK[cells[here]])
        if can_dig and length and cells[here] == STONE:
            cost = 2
        if cost == 0:
            continue
        for offset in _AHEAD:
            there = here + offset
            if 0 <= there < AREA and length + cost < steps[there]:
                steps[there] = length + cost
                heappush(queue, (length + cost, there))
    return steps


def _cost(cells: Cells, steps: npt.NDArray[np.int64], there: int, *, can_dig: bool) -> int:
    """Steps through a neighbouring cell."""
    if can_dig and cells[there] == STONE:
        return int(steps[there]) + 1
    return int(steps[there]) if CAN_WALK[cells[there]] else 2 * _UNREACHED


class Planner:
    """One action per environment towards what its agent needs next.

    Args:
        core: The worlds; everything in them is read.
    """

    def __init__(self, core: CraftCore) -> None:
        self._core = core
        self._goal = GOALS[core.layout.kind]
        self._plans: list[tuple[Any, npt.NDArray[np.int64]] | None] = [None] * core.n_envs

    def reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Forget the plans of the environments that begin anew, bool `(N,)`."""
        for index in np.flatnonzero(mask).tolist():
            self._plans[index] = None

    def act(self) -> npt.NDArray[np.int64]:
        """The next action of each environment."""
        return np.array([self._choose(index) for index in range(self._core.n_envs)])

    def _choose(self, index: int) -> int:
        agent: Any = self._core.world.agents[index]
        aim = next_aim(agent, self._goal)
        if isinstance(aim, int):
            return self._approach(index, aim)
        if aim == "table":
            return self._place_table(index)
        if RECIPES[_MAKE[aim] - PLACE_TABLE].needs_table and not agent["near_table"]:
            return self._approach(index, TABLE)
        return _MAKE[aim]

    def _approach(self, index: int, kind: int) -> int:
        """Walk up to the nearest cell of a kind and collect it."""
        agent: Any = self._core.world.agents[index]
        cells = self._core.world.cells[index]
        here, front = int(agent["position"]), int(agent["position"]) + _AHEAD[agent["facing"]]
        if cells[front] == kind:
            return COLLECT
        for heading, offset in enumerate(_AHEAD):
            if cells[here + offset] == kind:
                return heading
        steps = self._plan(index, kind, cells)
        can_dig = bool(agent["tier"] > 0)
        costs = [_cost(cells, steps, here + offset, can_dig=can_dig) for offset in _AHEAD]
        heading = costs.index(min(costs))
        there = here + _AHEAD[heading]
        return COLLECT if cells[there] == STONE and there == front else heading

    def _plan(self, index: int, kind: int, cells: Cells) -> npt.NDArray[np.int64]:
        """Steps to the nearest cell of a kind; kept until what is aimed at changes."""
        targets = np.flatnonzero(cells == kind)
        can_dig = bool(self._core.world.agents[index]["tier"] > 0)  # type: ignore[index]
        aim = (kind, targets.tobytes(), can_dig)
        plan = self._plans[index]
        if plan is None or plan[0] != aim:
            plan = (aim, steps_to(cells.tolist(), targets.tolist(), can_dig=can_dig))
            self._plans[index] = plan
        return plan[1]

    def _place_table(self, index: int) -> int:
        """Place a table where it shuts no way; turn to where one fits."""
        agent: Any = self._core.world.agents[index]
        cells = self._core.world.cells[index]
        here, facing = int(agent["position"]), int(agent["facing"])
        if TAKES_TABLE[cells[here + _AHEAD[facing]]]:
            return PLACE_TABLE
        free = [way for way in range(4) if CAN_WALK[cells[here + _AHEAD[way]]]]
        return free[0] if free else _NOOP


def next_aim(agent: Any, goal: int) -> int | str:
    """What an agent needs next: a kind of cell, or the name of what it can make.

    Args:
        agent: One row of an `AGENT` array.
        goal: What success is.
    """
    if goal == FACE_TREE:
        return TREE
    if goal == EAT:
        return ANIMAL
    items, tier, n_tables = agent["items"], int(agent["tier"]), int(agent["tables"])
    if goal == CAVE_DIAMOND or tier == _BEST:
        return DIAMOND
    n_next = n_tables == 0 and _TABLE_PLANKS
    last = min(goal, IRON_PICKAXE) - WOODEN_PICKAXE + 1
    if items[PLANKS] + 2 * items[WOOD] < n_next + sum(_PICKAXE_PLANKS[tier:last]):
        return TREE
    if items[PLANKS] < n_next + _PICKAXE_PLANKS[tier]:
        return "planks"
    return _gather(items, tier, n_tables)


def _gather(items: Any, tier: int, n_tables: int) -> int | str:
    """What is still missing for the next pickaxe apart from planks."""
    if n_tables == 0:
        return "table"
    if tier == 1 and items[STONES] < 2:
        return STONE
    if tier == 2 and items[IRONS] < 1:
        return IRON
    return _PICKAXES[tier]
