"""The scripted reference policy of the grid family: it sees the whole grid and searches.

It plans one leg at a time: the cheapest way to what the task asks for, and where something stands
in that way, first what clears it: fetch the key, move the ball aside, open the box.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.envs.grid.cells import BOX, DOOR, EMPTY_CELL, KIND, NOTHING, TOGGLED
from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.dynamics import DROP, LEFT, PICK_UP, TOGGLE
from alignenv.envs.grid.oracle_aims import AIMS, Aim
from alignenv.envs.grid.oracle_search import (
    Route,
    Scene,
    beside,
    explore,
    find_route,
    front,
    is_key_of,
    price_list,
    trace,
)
from alignenv.errors import ConfigError

_MAX_DEPTH = 16
"""Most things that may have to be cleared one for the other."""
_MAX_PLACES = 24
"""Most places that are compared for putting something down."""
_DETOUR = 4
"""Extra steps at which a place to put something down is good enough."""


def scene_of(core: GridCore, n: int) -> Scene:
    """What the oracle sees of one grid: everything."""
    agent: Any = core.world.agents[n]
    mission: Any = core.world.missions[n]
    pose = 4 * int(agent["position"]) + int(agent["direction"])
    named = (int(mission["wanted"]), int(mission["other"]))
    return Scene(core.world.cells[n].tobytes(), pose, int(agent["carried"]), named)


class GridOracle:
    """Plays every grid of a core.

    Args:
        env: A `GridCore`.

    Raises:
        ConfigError: The env is something else.
    """

    def __init__(self, env: BatchEnv) -> None:
        if not isinstance(env, GridCore):
            raise ConfigError(
                f"The grid oracle plays a GridCore; got a {type(env).__name__}.",
                cure="Make it for the core itself.",
            )
        self._core = env
        self._legs: list[deque[int]] = [deque() for _ in range(env.n_envs)]

    def reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Forget the plans of the envs whose episode begins, bool `(N,)`."""
        for n in np.flatnonzero(mask).tolist():
            self._legs[n].clear()

    def act(self) -> npt.NDArray[np.int64]:
        """The next action of each env, int64 `(N,)`."""
        return np.array([self.act_for(n) for n in range(self._core.n_envs)], dtype=np.int64)

    def act_for(self, n: int) -> int:
        """The next action of one env."""
        leg = self._legs[n]
        if not leg:
            leg.extend(self._plan(n))
        return leg.popleft()

    def _plan(self, n: int) -> list[int]:
        """Actions up to the next point where the grid has to be looked at again."""
        scene = scene_of(self._core, n)
        rules = AIMS[self._core.layout.kind]
        aim = rules.choose(scene)
        actions = [] if aim is None else Planner(aim, can_clear=rules.can_clear).plan(scene)
        return (actions or [LEFT])[: 1 if rules.is_moving else None]


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans towards one aim.

    Attributes:
        aim: What the episode asks for now.
        can_clear: Whether objects may be moved and keys fetched.
    """

    aim: Aim
    can_clear: bool = True

    def plan(self, scene: Scene) -> list[int]:
        """Actions of the next leg; empty where there is no way."""
        return self._pursue(scene, self.aim, _MAX_DEPTH)

    def _pursue(self, scene: Scene, aim: Aim, depth: int) -> list[int]:
        route = self._route(scene, aim)
        if route is None or depth == 0:
            return []
        if route.obstacle:
            way = self._clear(scene, route.obstacle)
            return [] if way is None else self._pursue(scene, way, depth - 1)
        if not aim.needs_hands or scene.carried == NOTHING:
            return [*route.actions, *aim.finish]
        if TOGGLE in route.actions:
            return route.actions[: len(route.actions) - route.actions[::-1].index(TOGGLE)]
        return self._put_down(scene, aim)

    def _route(self, scene: Scene, aim: Aim) -> Route | None:
        return find_route(scene, aim.poses, price_list(scene.carried, can_clear=self.can_clear))

    def _clear(self, scene: Scene, place: int) -> Aim | None:
        """What takes one obstacle away."""
        cell = scene.cells[place]
        if KIND[cell] == DOOR:
            return self._fetch_key(scene, cell)
        return _handle(place, cell)

    def _fetch_key(self, scene: Scene, door: int) -> Aim | None:
        """Take the nearest key of a door, or open the box that holds it."""
        nearest, lowest = None, float("inf")
        for place, cell in enumerate(scene.cells):
            content = TOGGLED[cell] if KIND[cell] == BOX else cell
            if is_key_of(int(content), door):
                aim = _handle(place, cell)
                route = self._route(scene, aim)
                if route is not None and route.cost < lowest:
                    nearest, lowest = aim, route.cost
        return nearest

    def _put_down(self, scene: Scene, aim: Aim) -> list[int]:
        """Drop what is in hand where it hinders neither this aim nor the last one."""
        bare = Scene(scene.cells, scene.pose, NOTHING)
        enough = self._cost(bare, aim) + 1 + _DETOUR
        prices = price_list(scene.carried, can_clear=False)
        best, lowest, n_places = list[int](), float("inf"), 0
        for pose, cost, origins in explore(scene, prices):
            if scene.cells[front(pose)] != EMPTY_CELL:
                continue
            after = Scene(scene.cells, pose, NOTHING).put(front(pose), scene.carried)
            total = cost + 1 + self._cost(after, aim)
            if total < lowest:
                best = [*trace(scene, pose, cost, origins).actions, DROP]
                lowest = total
            n_places += 1
            if lowest <= enough or n_places == _MAX_PLACES:
                break
        return best

    def _cost(self, scene: Scene, aim: Aim) -> float:
        """What is left to do for this aim, and then for the last one."""
        routes = [self._route(scene, wanted) for wanted in (aim, self.aim)]
        return sum(float("inf") if route is None else route.cost for route in routes)


def _handle(place: int, cell: int) -> Aim:
    """Open a box, take anything else."""
    if KIND[cell] == BOX:
        return Aim(beside(place), (TOGGLE,))
    return Aim(beside(place), (PICK_UP,), needs_hands=True)
