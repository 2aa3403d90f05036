"""The world generator: grass above, a dark mountain below, and what is strewn over both.

The order of draws is part of the task: changing it changes every world. A world that could not be
solved is drawn again; after thirty failures without water and lava, which always can be.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.memory import Table
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.craft.cells import (
    ANIMAL,
    BEDROCK,
    DIAMOND,
    GRASS,
    IRON,
    LAVA,
    PATH,
    STONE,
    TREE,
    WATER,
    Cells,
)
from alignenv.envs.craft.dynamics import HEALTH
from alignenv.envs.craft.goals import is_solvable
from alignenv.envs.craft.layout import PARAMETERS, SIZE
from alignenv.envs.craft.world import (
    AHEAD,
    AREA,
    NOWHERE,
    STRIDE,
    Ints,
    World,
    depth_of,
    distance,
    place_at,
    world_at,
    x_of,
    y_of,
)

(
    _TREES,
    _TREE_DISTANCE,
    _PONDS,
    _LAVA_POOLS,
    _SURFACE_ROWS,
    _CAVES,
    _IRON,
    _IRON_DEPTH,
    _DIAMONDS,
    _DIAMOND_DEPTH,
    _ANIMALS,
    _ANIMAL_DISTANCE,
    _UNDERGROUND,
    _MOATS,
) = range(len(PARAMETERS))

_STREWN = np.array([TREE, IRON, DIAMOND, ANIMAL], dtype=np.int64)
_COUNT = np.array([_TREES, _IRON, _DIAMONDS, _ANIMALS], dtype=np.int64)
_LOW = np.array([-1, _IRON_DEPTH, _DIAMOND_DEPTH, -1], dtype=np.int64)
_AWAY = np.array([_TREE_DISTANCE, -1, -1, _ANIMAL_DISTANCE], dtype=np.int64)
"""What is strewn over the world, and the arguments that say how many, how deep and how far off."""

_ORE_AWAY = 3
_ON_GRASS = 1 << GRASS
_IN_ROCK = 1 << STONE | 1 << PATH
_MAX_TRIES = 30
_DRAWS = 80
_IRON_PICKAXE = 3


@kernel
def begin(table: Table, goal: int) -> None:
    """Draw a world for every fresh environment."""
    world = world_at(table)
    for n in range(world.n_envs):
        if world.fresh[n]:
            for attempt in range(2 * _MAX_TRIES):
                draw_world(n, world, attempt < _MAX_TRIES)
                if is_solvable(n, world, goal):
                    break


@njit
def draw_world(n: int, world: World, is_wet: bool) -> None:
    """One world, solvable or not; `is_wet` is whether it has water and lava."""
    cells, rims, agent = world.cells[n], world.rims[n], world.agents[n]
    stream, params = world.streams[n], world.params[n]
    draw_ground(n, world)
    for _ in range(params[_CAVES]):
        dig_cave(cells, rims, stream)
    enter(n, world)
    home = agent.position
    if is_wet:
        for number in range(params[_PONDS] + params[_LAVA_POOLS]):
            pool(cells, rims, stream, WATER if number < params[_PONDS] else LAVA, home)
    agent.n_animals = 0
    for index in range(len(_STREWN)):
        for _ in range(params[_COUNT[index]]):
            low = params[_LOW[index]] if _LOW[index] >= 0 else -SIZE
            away = params[_AWAY[index]] if _AWAY[index] >= 0 else _ORE_AWAY
            floor = _IN_ROCK if _LOW[index] >= 0 else _ON_GRASS
            place = choose(cells, rims, stream, floor, low, home, away)
            if place != NOWHERE:
                note(n, world, _STREWN[index], place)
                if _STREWN[index] == TREE and params[_MOATS] == 1 and is_wet:
                    draw_moat(cells, stream, place, home)


@njit
def note(n: int, world: World, kind: int, place: int) -> None:
    """Put a tree, an ore or an animal in its place."""
    agent = world.agents[n]
    world.cells[n, place] = kind
    if kind == ANIMAL:
        animal = world.animals[n][agent.n_animals]
        animal.place, animal.health, animal.fright = place, HEALTH, 0
        agent.n_animals += 1
    else:
        world.things[n, agent.n_things] = place
        agent.n_things += 1


@njit
def draw_moat(cells: Cells, stream: Stream, place: int, home: int) -> None:
    """Lava two cells around a tree, but for three cells on two opposite sides."""
    gate = 2 * AHEAD[below(stream, 2)]
    for row in range(-2, 3):
        for side in range(-2, 3):
            there = place + STRIDE * row + side
            is_gate = min(distance(there, place + gate), distance(there, place - gate)) <= 1
            is_open = is_gate or distance(there, home) <= 2
            if max(abs(row), abs(side)) == 2 and cells[there] == GRASS and not is_open:
                cells[there] = LAVA


@njit
def draw_ground(n: int, world: World) -> None:
    """Grass, the mountain with its uneven rim, bedrock around them, and a memory of nothing."""
    cells, seen, rims, stream = world.cells[n], world.seen[n], world.rims[n], world.streams[n]
    rows = world.params[n, _SURFACE_ROWS]
    for place in range(AREA):
        cells[place] = BEDROCK
        seen[place] = 1
    rim = rows
    for x in range(SIZE):
        if rows < SIZE:
            rim = min(max(rim + below(stream, 3) - 1, rows - 2), rows + 2)
        rims[x] = rim
        for y in range(SIZE):
            place = place_at(x, y)
            cells[place] = GRASS if y < rim else STONE
            seen[place] = 0


@njit
def enter(n: int, world: World) -> None:
    """Put a new agent on grass, or into a hollow in the rock with an iron pickaxe."""
    cells, rims, agent = world.cells[n], world.rims[n], world.agents[n]
    stream, params = world.streams[n], world.params[n]
    is_below = params[_UNDERGROUND] == 1
    floor = _IN_ROCK if is_below else _ON_GRASS
    agent.position = place_at(SIZE // 2, 0)
    for _ in range(_DRAWS):
        place = place_at(2 + below(stream, SIZE - 4), 1 + below(stream, SIZE - 2))
        depth = depth_of(rims, place)
        if floor >> cells[place] & 1 and (2 <= depth <= 5 if is_below else depth <= -2):
            agent.position = place
            break
    if is_below:
        cells[agent.position] = PATH
    agent.facing = 2
    agent.clock = agent.tables = agent.near_table = agent.n_things = agent.explored = 0
    agent.collected = agent.crafted = agent.placed_stone = agent.hit = agent.bumped = 0
    agent.stone = NOWHERE
    agent.tier = _IRON_PICKAXE if is_below else 0
    for item in range(agent.items.size):
        agent.items[item] = 0


@njit
def choose(
    cells: Cells, rims: Ints, stream: Stream, floor: int, low: int, home: int, away: int
) -> int:
    """A random place on one of the kinds in the bit mask `floor`, at depth `low` or deeper.

    It is `away` steps from home or further; where that is not found, the furthest that was drawn;
    0 where no place was found at all.
    """
    best, furthest = NOWHERE, 0
    for _ in range(_DRAWS):
        x = below(stream, SIZE)
        first = min(max(rims[x] + low - 1, 0), SIZE - 1)
        last = rims[x] if low < 0 else SIZE
        place = place_at(x, first + below(stream, max(last - first, 1)))
        steps = distance(place, home)
        if floor >> cells[place] & 1 and steps > furthest:
            best, furthest = place, steps
            if steps >= away:
                break
    return best


@njit
def pool(cells: Cells, rims: Ints, stream: Stream, kind: int, home: int) -> None:
    """A puddle of water on grass, or of lava in the rock, on grass where there is no rock."""
    has_rock = rims[0] < SIZE
    in_rock = kind == LAVA and has_rock
    floor = _IN_ROCK if in_rock else _ON_GRASS
    place = choose(cells, rims, stream, floor, 2 if in_rock else -SIZE, home, 3)
    if place == NOWHERE:
        return
    for _ in range(4 + below(stream, 6)):
        if floor >> cells[place] & 1 and distance(place, home) > 2:
            cells[place] = kind
        there = place + AHEAD[below(stream, 4)]
        if cells[there] != BEDROCK:
            place = there


@njit
def dig_cave(cells: Cells, rims: Ints, stream: Stream) -> None:
    """A winding tunnel through the rock."""
    place = choose(cells, rims, stream, _IN_ROCK, 2, NOWHERE, 0)
    if place == NOWHERE:
        return
    heading = below(stream, 4)
    for _ in range(10 + below(stream, 15)):
        if cells[place] == STONE:
            cells[place] = PATH
        if below(stream, 3) == 0:
            heading = below(stream, 4)
        there = place + AHEAD[heading]
        if cells[there] == STONE or cells[there] == PATH:
            place = there


def draw_map(cells: Any, agent: Any) -> list[str]:
    """The world as 32 lines of letters, the agent as `@`, for people and tests."""
    letters = np.array(list(LETTERS))[cells].reshape(-1, SIZE + 8)[4:-4, 4:-4]
    letters[y_of(int(agent["position"])), x_of(int(agent["position"]))] = "@"
    return ["".join(row) for row in letters]


LETTERS = "?.,~T#iD!t%a"
"""One letter per kind of cell, in the order of the codes."""
