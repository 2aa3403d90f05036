"""What of a layout may be varied from episode to episode, and the shapes that it gives.

A smaller grid stands in the top left corner of its room in memory, and the rest is wall, as what
is outside a grid looks in MiniGrid. The default context is MiniGrid's own layout, and any other is
what MiniGrid's generator draws at that size. Horizons do not change, and bounds are such that
nearly every layout within them can be solved in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from alignenv.context import Contexts, ContextSpec, Parameter
from alignenv.envs.grid.layout import GridLayout

_MAX_BALLS = 8
_FREE_PER_BALL = 4
"""With fewer free cells per ball the way to the goal is hardly ever open."""
_MAX_ROOM_SIZE = 10
_MAX_THINGS, _ROOMY = 3, 6
"""More things, or as many in a smaller grid, often shut the agent in."""

Parameters = tuple[Parameter, ...]
Values = Mapping[str, npt.NDArray[np.float64]]
"""Values of parameters and of the generator's arguments by name, each `(N,)`."""
Sides = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Width and height, each `(N,)`."""


def _whole(name: str, low: int, high: int, default: int, meaning: str) -> Parameters:
    """One parameter; none where there is nothing to choose from."""
    if low >= high:
        return ()
    return (
        Parameter(
            name=name, low=low, high=high, default=default, unit="", meaning=meaning, whole=True
        ),
    )


def _flag(layout: GridLayout, name: str, meaning: str) -> Parameters:
    return _whole(name, 0, 1, layout.params[name], meaning)


def _size(layout: GridLayout, smallest: int = 5) -> Parameters:
    meaning = "cells along each side of the grid, outer walls included"
    return _whole("size", smallest, layout.height, layout.height, meaning)


def _room_size(smallest: int, size: int) -> Parameters:
    meaning = "cells along each side of a room, walls included"
    return _whole("room_size", smallest, size, size, meaning)


def _start(layout: GridLayout) -> Parameters:
    return _flag(layout, "random_start", "1 to begin anywhere, 0 in the corner")


def _empty(layout: GridLayout) -> Parameters:
    return (*_size(layout), *_start(layout))


def _two_rooms(layout: GridLayout) -> Parameters:
    return _room_size(4, layout.height)


def _four_rooms(layout: GridLayout) -> Parameters:
    return _room_size(4, (layout.height + 1) // 2)


def _crossing(layout: GridLayout) -> Parameters:
    most = 2 * ((layout.width - 3) // 2)
    return _whole("crossings", 1, most, layout.params["crossings"], "rivers across the grid")


def _multi_room(layout: GridLayout) -> Parameters:
    """No more rooms than in the task: its horizon is 20 steps for each."""
    rooms, size = layout.params["rooms"], layout.params["max_size"]
    meaning = "longest side of a room, in cells, walls included"
    return (
        *_whole("rooms", 2, rooms, rooms, "rooms in the chain"),
        *_whole("max_size", 4, _MAX_ROOM_SIZE, size, meaning),
    )


def _key_corridor(layout: GridLayout) -> Parameters:
    rows = layout.params["rows"]
    return (
        *_room_size(3, layout.params["room_size"]),
        *_whole("rows", 1, rows, rows, "rooms along each side of the corridor"),
    )


def _maze(layout: GridLayout) -> Parameters:
    boxes = _flag(layout, "keys_in_boxes", "1 where keys are hidden in boxes")
    return (*boxes, *_flag(layout, "blocked", "1 where balls lie before locked doors"))


def _locked_room(layout: GridLayout) -> Parameters:
    """Doors are three cells below a room's upper wall, which bounds its height from below."""
    width, height = (layout.width - 3) // 2, (layout.height + 2) // 3
    across, along = "cells across a room, walls included", "cells along a room, walls included"
    return (
        *_whole("room_width", 4, width, width, across),
        *_whole("room_height", 6, height, height, along),
    )


def _memory(layout: GridLayout) -> Parameters:
    longest = layout.width - 6
    if longest == 1:
        return ()
    meaning = "cells of the hallway, or the most of them where its length is random"
    hallway = _whole("hallway", 1, longest, longest, meaning)
    return (*hallway, *_flag(layout, "random_length", "1 for a hallway of random length"))


def _doors(layout: GridLayout) -> Parameters:
    return _size(layout, 4)


def _fetch(layout: GridLayout) -> Parameters:
    return _scattered(layout, 1)


def _put_near(layout: GridLayout) -> Parameters:
    return _scattered(layout, 2)


def _scattered(layout: GridLayout, fewest: int) -> Parameters:
    most = _MAX_THINGS if layout.height >= _ROOMY else _MAX_THINGS - 1
    things = _whole("things", fewest, most, layout.params["things"], "things that lie about")
    return (*_size(layout, _ROOMY), *things)


def _obstacles(layout: GridLayout) -> Parameters:
    most = min(_MAX_BALLS, (layout.width - 2) ** 2 // _FREE_PER_BALL)
    balls = _whole("balls", 0, most, layout.params["balls"], "balls that move about")
    return (*balls, *_start(layout))


_VARIED: Mapping[str, Callable[[GridLayout], Parameters]] = {
    "empty": _empty,
    "doorkey": _size,
    "lavagap": _size,
    "gotodoor": _size,
    "fourrooms": _four_rooms,
    "unlock": _two_rooms,
    "unlockpickup": _two_rooms,
    "blockedunlockpickup": _two_rooms,
    "lava": _crossing,
    "crossing": _crossing,
    "multiroom": _multi_room,
    "keycorridor": _key_corridor,
    "obstructedmaze": _maze,
    "lockedroom": _locked_room,
    "memory": _memory,
    "redbluedoors": _doors,
    "fetch": _fetch,
    "gotoobject": _fetch,
    "putnear": _put_near,
    "dynamicobstacles": _obstacles,
}

_SIDES: Mapping[str, Callable[[Values], Sides]] = {
    "fourrooms": lambda to: (2 * to["room_size"] - 1, 2 * to["room_size"] - 1),
    "unlock": lambda to: (2 * to["room_size"] - 1, to["room_size"]),
    "unlockpickup": lambda to: (2 * to["room_size"] - 1, to["room_size"]),
    "blockedunlockpickup": lambda to: (2 * to["room_size"] - 1, to["room_size"]),
    "keycorridor": lambda to: (
        3 * (to["room_size"] - 1) + 1,
        to["rows"] * (to["room_size"] - 1) + 1,
    ),
    "lockedroom": lambda to: (2 * to["room_width"] + 3, 3 * to["room_height"] - 2),
    "memory": lambda to: (to["hallway"] + 6, to["height"]),
    "redbluedoors": lambda to: (2 * to["size"], to["size"]),
}
"""Width and height of the kinds whose grids are no squares of `size` cells."""


def context_spec(layout: GridLayout) -> ContextSpec:
    """Parameters of one layout; empty where nothing can be varied."""
    return ContextSpec(_VARIED[layout.kind](layout))


def shapes_of(
    layout: GridLayout, names: Sequence[str], constants: Sequence[int], contexts: Contexts
) -> Contexts:
    """Width, height and arguments of the generator for each context.

    Args:
        layout: The grids.
        names: Arguments of the generator, in order.
        constants: More arguments after these.
        contexts: Checked contexts, `(N, size)`.

    Returns:
        Whole numbers, float64 `(N, 2 + arguments)`.
    """
    spec, n_envs = context_spec(layout), len(contexts)
    plain = {"width": layout.width, "height": layout.height, **layout.params}
    values = {name: np.full(n_envs, value, dtype=np.float64) for name, value in plain.items()}
    values |= {name: contexts[:, index] for index, name in enumerate(spec.names)}
    sides: Sides = values["width"], values["height"]
    if "size" in values:
        sides = values["size"], values["size"]
    if spec.size and layout.kind in _SIDES:
        sides = _SIDES[layout.kind](values)
    params = [values[name] for name in names]
    return np.stack([*sides, *params, *(np.full(n_envs, one) for one in constants)], axis=1)
