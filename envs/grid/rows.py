"""The grid family as data: layouts, rules and horizons are MiniGrid's; light to import."""

from __future__ import annotations

from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.row import Row

_SEEN_THROUGH = frozenset(
    {"empty", "fetch", "gotodoor", "gotoobject", "putnear", "dynamicobstacles"}
)
_FIXED_START = frozenset({"lava", "crossing", "lavagap"})


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
        see_through_walls=kind in _SEEN_THROUGH,
    )
    return Row(
        id=f"AlignEnv-{name}",
        family="grid",
        world=layout,
        horizon=max_steps,
        tags=(tag,),
        origin=layout.minigrid_id,
        has_fixed_start=kind in _FIXED_START or params.get("random_start") == 0,
    )


def _empty(name: str, size: int, tag: str = "smoke", *, random_start: int = 0) -> Row:
    max_steps = 4 * size**2
    return _row(name, "empty", tag, (size, size), max_steps, random_start=random_start)


def _doorkey(size: int, tag: str) -> Row:
    return _row(f"DoorKey-{size}x{size}-v0", "doorkey", tag, (size, size), 10 * size**2)


def _multiroom(name: str, tag: str, rooms: int, max_size: int) -> Row:
    return _row(name, "multiroom", tag, (25, 25), 20 * rooms, rooms=rooms, max_size=max_size)


def _crossing(name: str, kind: str, size: int, crossings: int, tag: str = "smoke") -> Row:
    name = f"{name}CrossingS{size}N{crossings}-v0"
    return _row(name, kind, tag, (size, size), 4 * size**2, crossings=crossings)


def _lava_gap(size: int) -> Row:
    return _row(f"LavaGapS{size}-v0", "lavagap", "smoke", (size, size), 4 * size**2)


def _key_corridor(size: int, rows: int, tag: str) -> Row:
    name, grid = f"KeyCorridorS{size}R{rows}-v0", (3 * (size - 1) + 1, rows * (size - 1) + 1)
    return _row(name, "keycorridor", tag, grid, 30 * size**2, room_size=size, rows=rows)


def _maze(name: str, quarters: int, visited: int, start_in_middle: int = 0) -> Row:
    label = name.partition("-")[0]
    return _row(
        f"ObstructedMaze-{name}",
        "obstructedmaze",
        "hard" if quarters else "standard",
        (16, 16) if quarters else (11, 6),
        4 * visited * 6**2,
        quarters=quarters,
        keys_in_boxes=int(not label.endswith("Dl")),
        blocked=int(not label.endswith(("Dl", "Dlh"))),
        start_in_middle=start_in_middle,
    )


def _memory(size: int, *, random_length: int = 0) -> Row:
    name = f"MemoryS{size}{'Random' if random_length else ''}-v0"
    grid = (size, size)
    return _row(name, "memory", "smoke", grid, 5 * size**2, random_length=random_length)


def _red_blue(size: int, tag: str) -> Row:
    name = f"RedBlueDoors-{size}x{size}-v0"
    return _row(name, "redbluedoors", tag, (2 * size, size), 20 * size**2)


def _things(name: str, kind: str, tag: str, size: int, things: int, max_steps: int) -> Row:
    full = f"{name}-{size}x{size}-N{things}-v0"
    return _row(full, kind, tag, (size, size), max_steps, things=things)


def _go_to_door(size: int) -> Row:
    return _row(f"GoToDoor-{size}x{size}-v0", "gotodoor", "smoke", (size, size), 4 * size**2)


def _obstacles(size: int, balls: int, *, random_start: int = 0) -> Row:
    name = f"Dynamic-Obstacles-{'Random-' if random_start else ''}{size}x{size}-v0"
    grid, steps = (size, size), 4 * size**2
    return _row(
        name, "dynamicobstacles", "smoke", grid, steps, balls=balls, random_start=random_start
    )


GRID_ROWS: tuple[Row, ...] = (
    _empty("Empty-5x5-v0", 5),
    _empty("Empty-6x6-v0", 6),
    _empty("Empty-8x8-v0", 8),
    _empty("Empty-16x16-v0", 16, "standard"),
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
    _crossing("Lava", "lava", 9, 1, "standard"),
    _crossing("Lava", "lava", 9, 2, "standard"),
    _crossing("Lava", "lava", 9, 3, "standard"),
    _crossing("Lava", "lava", 11, 5, "standard"),
    _crossing("Simple", "crossing", 9, 1),
    _crossing("Simple", "crossing", 9, 2),
    _crossing("Simple", "crossing", 9, 3),
    _crossing("Simple", "crossing", 11, 5),
    *(_lava_gap(size) for size in (5, 6, 7)),
    _row("UnlockPickup-v0", "unlockpickup", "standard", (11, 6), 288),
    _row("BlockedUnlockPickup-v0", "blockedunlockpickup", "hard", (11, 6), 576),
    _key_corridor(3, 1, "smoke"),
    _key_corridor(3, 2, "standard"),
    *(_key_corridor(size, 3, "hard") for size in (3, 4, 5, 6)),
    _maze("1Dl-v0", 0, 2),
    _maze("1Dlh-v0", 0, 2),
    _maze("1Dlhb-v0", 0, 2),
    _maze("2Dl-v0", 1, 4),
    _maze("2Dlh-v0", 1, 4),
    _maze("2Dlhb-v1", 1, 4),
    _maze("1Q-v1", 1, 5, 1),
    _maze("2Q-v1", 2, 11),
    _maze("Full-v1", 4, 25, 1),
    _row("LockedRoom-v0", "lockedroom", "hard", (19, 19), 190),
    *(_memory(size) for size in (7, 9, 11, 13)),
    _memory(13, random_length=1),
    _memory(17, random_length=1),
    _red_blue(6, "smoke"),
    _red_blue(8, "standard"),
    _things("Fetch", "fetch", "smoke", 5, 2, 5 * 5**2),
    _things("Fetch", "fetch", "smoke", 6, 2, 5 * 6**2),
    _things("Fetch", "fetch", "smoke", 8, 3, 5 * 8**2),
    *(_go_to_door(size) for size in (5, 6, 8)),
    _things("GoToObject", "gotoobject", "smoke", 6, 2, 5 * 6**2),
    _things("GoToObject", "gotoobject", "smoke", 8, 2, 5 * 8**2),
    _things("PutNear", "putnear", "smoke", 6, 2, 5 * 6),
    _things("PutNear", "putnear", "standard", 8, 3, 5 * 8),
    _obstacles(5, 2),
    _obstacles(5, 2, random_start=1),
    _obstacles(6, 3),
    _obstacles(6, 3, random_start=1),
    _obstacles(8, 4),
    _obstacles(16, 8),
)
