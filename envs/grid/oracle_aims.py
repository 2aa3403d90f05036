"""What the scripted reference policy of each grid layout is after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alignenv.envs.grid.cells import (
    BALL,
    BLUE,
    BOX,
    COLOR,
    DOOR,
    EMPTY_CELL,
    GOAL,
    KEY,
    RED,
    code,
)
from alignenv.envs.grid.dynamics import DONE, DROP, PICK_UP, TOGGLE
from alignenv.envs.grid.oracle_search import OFFSETS, Scene, beside, is_shut, on
from alignenv.envs.grid.world import STRIDE


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


def _at(places: Iterable[int], *finish: int) -> Aim | None:
    """On the nearest of these places."""
    poses = frozenset().union(*map(on, places))
    return Aim(poses, finish) if poses else None


def _facing(places: Iterable[int], *finish: int) -> Aim | None:
    """In front of the nearest of these places."""
    poses = frozenset().union(*map(beside, places))
    return Aim(poses, finish, needs_hands=PICK_UP in finish) if poses else None


def _reach_goal(scene: Scene) -> Aim | None:
    return _at(scene.find(GOAL))


def _open_door(scene: Scene) -> Aim | None:
    """Into the doorway; the episode ends when the door opens."""
    return _at(scene.find(DOOR))


def _take_box(scene: Scene) -> Aim | None:
    return _facing(scene.find(BOX), PICK_UP)


def _take_ball(scene: Scene) -> Aim | None:
    return _facing(scene.find(BALL), PICK_UP)


def _take_blue_ball(scene: Scene) -> Aim | None:
    """The others lie before doors."""
    return _facing(scene.find_code(code(BALL, BLUE)), PICK_UP)


def _take_named(scene: Scene) -> Aim | None:
    return _facing(scene.find_code(scene.named[0]), PICK_UP)


def _go_next_to_named(scene: Scene) -> Aim | None:
    """Beside it, facing anywhere, and say so."""
    places = scene.find_code(scene.named[0])
    return _at([place + offset for place in places for offset in OFFSETS], DONE)


def _put_near(scene: Scene) -> Aim | None:
    """Take the first thing, and drop it on one of the eight cells around the second."""
    moved, target = scene.named
    if scene.carried != moved:
        return _facing(scene.find_code(moved), PICK_UP)
    around = [dy * STRIDE + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    near = [place + offset for place in scene.find_code(target) for offset in around]
    return _facing([place for place in near if scene.cells[place] == EMPTY_CELL], DROP)


def _open_red_then_blue(scene: Scene) -> Aim | None:
    doors = sorted(scene.find(DOOR), key=lambda door: COLOR[scene.cells[door]] != RED)
    return _facing([door for door in doors if is_shut(scene.cells[door])][:1], TOGGLE)


def _match_memory(scene: Scene) -> Aim | None:
    """Beside the object at the end of the corridor that is like the one in the start room."""
    objects = sorted(scene.find(KEY) + scene.find(BALL), key=lambda place: place % STRIDE)
    if len(objects) < 3:
        return None
    shown, *choices = objects
    middle = sum(choices) // 2
    towards = {place: STRIDE if place < middle else -STRIDE for place in choices}
    same = [place for place in choices if scene.cells[place] == scene.cells[shown]]
    return _at([place + towards[place] for place in same])


_GOAL = Rules(choose=_reach_goal)

AIMS: dict[str, Rules] = {
    "blockedunlockpickup": Rules(choose=_take_box),
    "crossing": _GOAL,
    "doorkey": _GOAL,
    "dynamicobstacles": Rules(choose=_reach_goal, can_clear=False, is_moving=True),
    "empty": _GOAL,
    "fetch": Rules(choose=_take_named, can_clear=False),
    "fourrooms": _GOAL,
    "gotodoor": Rules(choose=_go_next_to_named, can_clear=False),
    "gotoobject": Rules(choose=_go_next_to_named, can_clear=False),
    "keycorridor": Rules(choose=_take_ball),
    "lava": _GOAL,
    "lavagap": _GOAL,
    "lockedroom": _GOAL,
    "memory": Rules(choose=_match_memory),
    "multiroom": _GOAL,
    "obstructedmaze": Rules(choose=_take_blue_ball),
    "putnear": Rules(choose=_put_near, can_clear=False),
    "redbluedoors": Rules(choose=_open_red_then_blue),
    "unlock": Rules(choose=_open_door),
    "unlockpickup": Rules(choose=_take_box),
}
"""How to play each layout."""
