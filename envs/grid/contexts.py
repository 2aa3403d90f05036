"""What of a layout may be varied from episode to episode, and the shapes that it gives.

A smaller grid stands in the top left corner of its room in memory, and the rest is wall, as what
is outside a grid looks in MiniGrid. The default context is MiniGrid's own layout. Horizons do not
change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alignenv.context import Contexts, ContextSpec, Parameter
from alignenv.envs.grid.layout import GridLayout

_MAX_BALLS = 8
_MAX_ROOMS = 6
_MAX_ROOM_SIZE = 10
_MAX_THINGS = 6


def _whole(name: str, low: int, high: int, default: int, meaning: str) -> Parameter:
    return Parameter(
        name=name, low=low, high=high, default=default, unit="", meaning=meaning, whole=True
    )


def _size(layout: GridLayout, smallest: int = 5) -> tuple[Parameter, ...]:
    if layout.width <= smallest:
        return ()
    meaning = "cells along each side of the grid, outer walls included"
    return (_whole("size", smallest, layout.width, layout.width, meaning),)


def _flag(layout: GridLayout, name: str, meaning: str) -> Parameter:
    return _whole(name, 0, 1, layout.params[name], meaning)


def _things(layout: GridLayout, low: int, high: int, smallest: int) -> tuple[Parameter, ...]:
    count = _whole("things", low, high, layout.params["things"], "things that lie about")
    return (*_size(layout, smallest), count)


def context_spec(layout: GridLayout) -> ContextSpec:
    """Parameters of one layout; empty where nothing can be varied."""
    kind = layout.kind
    found: tuple[Parameter, ...] = ()
    if kind == "empty":
        start = _flag(layout, "random_start", "1 to begin anywhere, 0 in the corner")
        found = (*_size(layout), start)
    elif kind in ("doorkey", "lavagap"):
        found = _size(layout)
    elif kind in ("lava", "crossing"):
        most = 2 * ((layout.width - 3) // 2)
        crossings = layout.params["crossings"]
        found = (_whole("crossings", 1, most, crossings, "rivers across the grid"),)
    elif kind == "multiroom":
        rooms, room_size = layout.params["rooms"], layout.params["max_size"]
        found = (
            _whole("rooms", 2, _MAX_ROOMS, rooms, "rooms in the chain"),
            _whole("max_size", 4, _MAX_ROOM_SIZE, room_size, "longest side of a room, in cells"),
        )
    elif kind == "obstructedmaze":
        boxes = _flag(layout, "keys_in_boxes", "1 where keys are hidden in boxes")
        found = (boxes, _flag(layout, "blocked", "1 where balls lie before locked doors"))
    elif kind in ("fetch", "gotoobject"):
        found = _things(layout, 1, _MAX_THINGS, 5)
    elif kind == "putnear":
        found = _things(layout, 2, 3, 6)
    elif kind == "dynamicobstacles":
        most = min(_MAX_BALLS, (layout.width - 2) ** 2 // 2)
        balls = _whole("balls", 0, most, layout.params["balls"], "balls that move about")
        found = (balls, _flag(layout, "random_start", "1 to begin anywhere, 0 in the corner"))
    return ContextSpec(found)


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
    spec = context_spec(layout)
    given = {name: contexts[:, index] for index, name in enumerate(spec.names)}
    n_envs = len(contexts)
    sides = [given.get("size", np.full(n_envs, side)) for side in (layout.width, layout.height)]
    params = [given.get(name, np.full(n_envs, layout.params[name])) for name in names]
    return np.stack([*sides, *params, *(np.full(n_envs, one) for one in constants)], axis=1)
