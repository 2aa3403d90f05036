"""MiniGrid's mission texts, written from the mission of an episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alignenv.envs.grid.cells import COLOR, KIND

Words = Mapping[str, int]
"""The numbers of a mission by their names in `alignenv.envs.grid.world.MISSION`."""
Text = Callable[[Words], str]
"""Writes the text of one mission."""

COLOR_WORDS = ("red", "green", "blue", "purple", "yellow", "grey")
KIND_WORDS = (
    "unseen",
    "empty",
    "wall",
    "floor",
    "door",
    "key",
    "ball",
    "box",
    "goal",
    "lava",
)
"""MiniGrid's words, by its numbers."""

_FETCH = ("get a", "go get a", "fetch a", "go fetch a", "you must fetch a")


def name_of(code: int) -> str:
    """Colour and kind of a cell, such as `yellow key`."""
    return f"{COLOR_WORDS[COLOR[code]]} {KIND_WORDS[KIND[code]]}"


def pick_up(mission: Words) -> str:
    """Name the thing to pick up."""
    return f"pick up the {name_of(mission['wanted'])}"


def fetch(mission: Words) -> str:
    """Name the thing to fetch, in one of five wordings."""
    return f"{_FETCH[mission['words']]} {name_of(mission['wanted'])}"


def go_to(mission: Words) -> str:
    """Name the place to go to."""
    return f"go to the {name_of(mission['wanted'])}"


def put_near(mission: Words) -> str:
    """Name the thing to move and the thing to put it near."""
    return f"put the {name_of(mission['wanted'])} near the {name_of(mission['other'])}"


def unlock_and_go(mission: Words) -> str:
    """Name the key, the room where it is, and the door that it opens."""
    color = COLOR_WORDS[COLOR[mission["wanted"]]]
    return (
        f"get the {color} key from the {COLOR_WORDS[mission['words']]} room, "
        f"unlock the {color} door and go to the goal"
    )
