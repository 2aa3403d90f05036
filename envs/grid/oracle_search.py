"""Cheapest ways through one grid, for the scripted reference policy.

A pose is `4 * place + direction`. What stands in the way of a route has a price instead of being
forbidden, so that the cheapest route also tells what to clear first.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from alignenv.envs.grid.cells import (
    CAN_PICK_UP,
    COLOR,
    DOOR,
    KEY,
    KIND,
    LAVA,
    LOCKED,
    NOTHING,
    OPEN,
    PASSABLE,
    STATE,
)
from alignenv.envs.grid.dynamics import FORWARD, LEFT, RIGHT, TOGGLE
from alignenv.envs.grid.world import AHEAD

OFFSETS: list[int] = AHEAD.tolist()
"""Offset of one step in each direction."""

Prices = Sequence[int]
"""Cost of stepping onto a cell of each code; 0 for never."""

_MOVE_ASIDE = 12
_FETCH_KEY = 40
_OBSTACLE = _MOVE_ASIDE
"""Prices from here on stand for work that has to be done first."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One grid as the oracle sees it.

    Attributes:
        cells: Codes of the padded grid.
        pose: Where the agent is and faces.
        carried: Code of what it has in hand, 0 for nothing.
        named: Codes of the things that the mission names, in its order.
    """

    cells: bytes
    pose: int
    carried: int
    named: tuple[int, ...] = ()

    def find(self, kind: int) -> list[int]:
        """Places of all objects of a kind, row by row."""
        kinds = KIND[np.frombuffer(self.cells, dtype=np.uint8)]
        places: list[int] = np.flatnonzero(kinds == kind).tolist()
        return places

    def find_code(self, code: int) -> list[int]:
        """Places of all cells of a code, row by row."""
        return [place for place, cell in enumerate(self.cells) if cell == code]

    def put(self, place: int, cell: int) -> Scene:
        """The same scene with another cell."""
        cells = bytearray(self.cells)
        cells[place] = cell
        return replace(self, cells=bytes(cells))


class Route(NamedTuple):
    """A cheapest way to a goal.

    Attributes:
        actions: Turns, steps, and toggles of the doors on the way.
        cost: Steps, and the prices of obstacles.
        obstacle: Place of the first thing that has to be cleared; 0 for none.
    """

    actions: list[int]
    cost: int
    obstacle: int


@cache
def price_list(carried: int, *, can_clear: bool) -> Prices:
    """What stepping onto each code costs.

    Args:
        carried: Code of what the agent has in hand.
        can_clear: Whether objects may be moved out of the way and keys fetched.
    """
    prices = []
    for cell in range(256):
        price = 1 if PASSABLE[cell] and KIND[cell] != LAVA else 0
        if is_shut(cell):
            opens = STATE[cell] != LOCKED or is_key_of(carried, cell)
            price = 2 if opens else _FETCH_KEY if can_clear else 0
        elif CAN_PICK_UP[cell]:
            price = _MOVE_ASIDE if can_clear else 0
        prices.append(price)
    return prices


def is_shut(cell: int) -> bool:
    """Whether a code is a door that is not open."""
    return bool(KIND[cell] == DOOR and STATE[cell] != OPEN)


def is_key_of(cell: int, door: int) -> bool:
    """Whether a code is a key of a door's colour."""
    return cell != NOTHING and bool(KIND[cell] == KEY and COLOR[cell] == COLOR[door])


def beside(place: int) -> frozenset[int]:
    """The four poses that face a place."""
    return frozenset(4 * (place - offset) + d for d, offset in enumerate(OFFSETS))


def on(place: int) -> frozenset[int]:
    """The four poses on a place."""
    return frozenset(range(4 * place, 4 * place + 4))


def front(pose: int) -> int:
    """The place that a pose faces."""
    return pose // 4 + OFFSETS[pose % 4]


Origins = dict[int, tuple[int, int]]
"""Cost of each pose that was met, and the pose before it."""


def explore(scene: Scene, prices: Prices) -> Iterator[tuple[int, int, Origins]]:
    """Poses in order of cost, each with its cost and how all poses so far were reached."""
    cells, start = scene.cells, scene.pose
    origins: Origins = {start: (0, start)}
    queue, settled = [(0, start)], set()
    while queue:
        cost, pose = heappop(queue)
        if pose in settled:
            continue
        settled.add(pose)
        yield pose, cost, origins
        there = front(pose)
        price = prices[cells[there]]
        turned = pose & ~3
        ways = [(1, turned | (pose + 3) & 3), (1, turned | (pose + 1) & 3)]
        if price:
            ways.append((price, 4 * there + pose % 4))
        for extra, after in ways:
            if cost + extra < origins.get(after, (cost + extra + 1,))[0]:
                origins[after] = cost + extra, pose
                heappush(queue, (cost + extra, after))


def find_route(scene: Scene, goals: Container[int], prices: Prices) -> Route | None:
    """The cheapest way to one of these poses; None where there is none."""
    for pose, cost, origins in explore(scene, prices):
        if pose in goals:
            return trace(scene, pose, cost, origins)
    return None


def trace(scene: Scene, pose: int, cost: int, origins: Origins) -> Route:
    """The way by which `explore` came to a pose, as far as the first obstacle."""
    poses = [pose]
    while poses[-1] != scene.pose:
        poses.append(origins[poses[-1]][1])
    poses.reverse()
    actions: list[int] = []
    for before, after in pairwise(poses):
        if before // 4 == after // 4:
            actions.append(LEFT if (before - after) % 4 == 1 else RIGHT)
            continue
        if origins[after][0] - origins[before][0] >= _OBSTACLE:
            return Route(actions, cost, after // 4)
        if is_shut(scene.cells[after // 4]):
            actions.append(TOGGLE)
        actions.append(FORWARD)
    return Route(actions, cost, 0)
