"""What the scripted reference policy of each grid layout is after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alignenv.envs.grid.cells import DOOR, GOAL
from alignenv.envs.grid.oracle_search import Scene, on


@dataclass(frozen=True, slots=True)
class Aim:
    """Something to do at a place.

    Attributes:
        poses: Where it can be done.
        finish: Actions that do it there.
        needs_hands: Whether hands have to be empty.
    """

    poses: frozenset[int]
    finish: tuple[int, ...] = ()
    needs_hands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How to play one layout.

    Attributes:
        choose: What to do next; None where nothing can be done.
        can_clear: Whether objects may be moved out of the way.
        is_moving: Whether the grid changes by itself, so that a plan is good for one step.
    """

    choose: Callable[[Scene], Aim | None]
    can_clear: bool = True
    is_moving: bool = False


def _reach_goal(scene: Scene) -> Aim | None:
    goals = scene.find(GOAL)
    return Aim(on(goals[0])) if goals else None


def _open_door(scene: Scene) -> Aim | None:
    """Into the doorway; the episode ends when the door opens."""
    doors = scene.find(DOOR)
    return Aim(on(doors[0])) if doors else None


_GOAL = Rules(choose=_reach_goal)

AIMS: dict[str, Rules] = {
    "empty": _GOAL,
    "fourrooms": _GOAL,
    "doorkey": _GOAL,
    "multiroom": _GOAL,
    "lava": _GOAL,
    "crossing": _GOAL,
    "unlock": Rules(choose=_open_door),
}
"""How to play each layout."""
