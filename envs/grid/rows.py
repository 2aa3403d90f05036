"""The grid family as data: layouts, rules and horizons are MiniGrid's; light to import."""

from __future__ import annotations

from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.row import Row


def _row(
    name: str, kind: str, tag: str, size: tuple[int, int], max_steps: int, **params: int
) -> Row:
    layout = GridLayout(
        kind=kind,
        width=size[0],
        height=size[1],
        max_steps=max_steps,
        minigrid_id=f"MiniGrid-{name}",
        params=params,
        see_through_walls=kind == "empty",
    )
    return Row(
        id=f"AlignEnv-{name}",
        family="grid",
        world=layout,
        horizon=max_steps,
        tags=(tag,),
        origin=layout.minigrid_id,
        has_fixed_start=kind == "lava" or (kind == "empty" and not params["random_start"]),
    )


def _empty(name: str, size: int, *, random_start: int = 0) -> Row:
    max_steps = 4 * size**2
    return _row(name, "empty", "smoke", (size, size), max_steps, random_start=random_start)


def _doorkey(size: int, tag: str) -> Row:
    return _row(f"DoorKey-{size}x{size}-v0", "doorkey", tag, (size, size), 10 * size**2)


def _multiroom(name: str, tag: str, rooms: int, max_size: int) -> Row:
    return _row(name, "multiroom", tag, (25, 25), 20 * rooms, rooms=rooms, max_size=max_size)


def _lava(crossings: int) -> Row:
    name = f"LavaCrossingS9N{crossings}-v0"
    return _row(name, "lava", "smoke", (9, 9), 4 * 9**2, crossings=crossings)


GRID_ROWS: tuple[Row, ...] = (
    _empty("Empty-5x5-v0", 5),
    _empty("Empty-6x6-v0", 6),
    _empty("Empty-8x8-v0", 8),
    _empty("Empty-16x16-v0", 16),
    _empty("Empty-Random-5x5-v0", 5, random_start=1),
    _empty("Empty-Random-6x6-v0", 6, random_start=1),
    _row("FourRooms-v0", "fourrooms", "smoke", (19, 19), 100),
    _row("Unlock-v0", "unlock", "smoke", (11, 6), 288),
    _doorkey(5, "smoke"),
    _doorkey(6, "smoke"),
    _doorkey(8, "standard"),
    _doorkey(16, "hard"),
    _multiroom("MultiRoom-N2-S4-v0", "smoke", 2, 4),
    _multiroom("MultiRoom-N4-S5-v1", "standard", 4, 5),
    _multiroom("MultiRoom-N6-v0", "hard", 6, 10),
    _lava(1),
    _lava(2),
    _lava(3),
)
