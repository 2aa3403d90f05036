"""What an agent sees and remembers: cells, the nearest of each kind, the way there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import njit
from alignenv.envs.craft.cells import (
    ANIMAL,
    CAN_WALK,
    SOUGHT,
    SOUGHT_INDEX,
    STONE,
    Cells,
)
from alignenv.envs.craft.world import (
    AHEAD,
    NOWHERE,
    SIGHT,
    STRIDE,
    Agent,
    Ints,
    World,
    distance,
    sight_of,
    x_of,
    y_of,
)

N_SOUGHT = len(SOUGHT)
_STONE = int(SOUGHT_INDEX[STONE])
_ANIMAL = int(SOUGHT_INDEX[ANIMAL])
_FAR = 1 << 20


def _nearest_first() -> npt.NDArray[np.int64]:
    """Offsets of the 81 cells around the agent: columns, rows, places; nearest first."""
    reach = range(-SIGHT, SIGHT + 1)
    around = sorted((abs(dx) + abs(dy), dy, dx) for dx in reach for dy in reach)
    return np.array([(dx, dy, STRIDE * dy + dx) for _, dy, dx in around], dtype=np.int64)


_AROUND = _nearest_first()


@njit
def see(n: int, world: World) -> None:
    """Remember what is in sight; find the nearest stone in it."""
    cells, seen, agent = world.cells[n], world.seen[n], world.agents[n]
    sight = sight_of(world.rims[n], agent.position)
    n_new = 0
    for row in range(-sight, sight + 1):
        start = agent.position + STRIDE * row - sight
        for place in range(start, start + 2 * sight + 1):
            n_new += 1 - seen[place]
            seen[place] = 1
    agent.explored += n_new
    find_stone(cells, agent, sight)


@njit
def find_stone(cells: Cells, agent: Agent, sight: int) -> None:
    """The nearest stone in sight; without one, the last known while it is still there."""
    for index in range(len(_AROUND)):
        if max(abs(_AROUND[index, 0]), abs(_AROUND[index, 1])) <= sight:
            place = agent.position + _AROUND[index, 2]
            if cells[place] == STONE:
                agent.stone = place
                return
    if cells[agent.stone] != STONE:
        agent.stone = NOWHERE


@njit
def is_in_sight(place: int, agent: Agent, sight: int) -> bool:
    """Whether a place is at most `sight` columns and rows away."""
    here = agent.position
    dx, dy = x_of(place) - x_of(here), y_of(place) - y_of(here)
    return bool(max(abs(dx), abs(dy)) <= sight)


@njit
def find_nearest(n: int, world: World, nearest: Ints) -> None:
    """Place of the nearest known cell of each kind that is sought, 0 for none; animals in sight."""
    cells, seen, agent = world.cells[n], world.seen[n], world.agents[n]
    things, animals = world.things[n], world.animals[n]
    for index in range(N_SOUGHT):
        nearest[index] = NOWHERE
        nearest[N_SOUGHT + index] = _FAR
    for number in range(agent.n_things):
        place = things[number]
        index = SOUGHT_INDEX[cells[place]]
        if index >= 0 and seen[place]:
            steps = distance(place, agent.position)
            if steps < nearest[N_SOUGHT + index]:
                nearest[index], nearest[N_SOUGHT + index] = place, steps
    nearest[_STONE] = agent.stone
    if agent.n_animals:
        sight = sight_of(world.rims[n], agent.position)
        for number in range(agent.n_animals):
            place = animals[number].place
            if place != NOWHERE and is_in_sight(place, agent, sight):
                steps = distance(place, agent.position)
                if steps < nearest[N_SOUGHT + _ANIMAL]:
                    nearest[_ANIMAL], nearest[N_SOUGHT + _ANIMAL] = place, steps


@njit
def find_ways(n: int, world: World, nearest: Ints, ways: Ints) -> None:
    """Fewest steps until next to a known cell of each kind; -1 for none, 0 where it is in front.

    The search spreads from the agent over grass and paths, a step each, and through stone, two
    steps each, once there is a pickaxe for it. It stops when all that is known was met. Cells are
    queued by their distance in three rings, since no step is longer than two.
    """
    cells, agent, steps, rings = world.cells[n], world.agents[n], world.steps, world.rings
    sight = sight_of(world.rims[n], agent.position)
    missing = 0
    for index in range(N_SOUGHT):
        ways[index] = -1
        missing |= int(nearest[index] != NOWHERE) << index
    for place in range(steps.size):
        steps[place] = -1
    steps[agent.position] = 0
    rings[0, 0] = agent.position
    sizes = world.counts
    sizes[0], sizes[1], sizes[2] = 1, 0, 0
    length = 0
    while missing and sizes[0] + sizes[1] + sizes[2] > 0:
        ring = length % 3
        for number in range(sizes[ring]):
            here = rings[ring, number]
            if steps[here] == length:
                missing = spread(here, length, missing, sight, n, world, ways, sizes)
        sizes[ring] = 0
        length += 1
    front = SOUGHT_INDEX[cells[agent.position + AHEAD[agent.facing]]]
    if front >= 0:
        ways[front] = 0


@njit
def spread(
    here: int, length: int, missing: int, sight: int, n: int, world: World, ways: Ints, sizes: Ints
) -> int:
    """Visit the neighbours of one cell; which kinds are still missing."""
    cells, seen, agent, steps = world.cells[n], world.seen[n], world.agents[n], world.steps
    for heading in range(4):
        there = here + AHEAD[heading]
        kind = cells[there]
        index = SOUGHT_INDEX[kind]
        if index >= 0 and missing >> index & 1:
            is_known = is_in_sight(there, agent, sight) if kind == ANIMAL else seen[there] > 0
            if is_known:
                ways[index] = length + 1
                missing &= ~(1 << index)
        cost = CAN_WALK[kind]
        if kind == STONE and agent.tier > 0:
            cost = 2
        if cost and (steps[there] < 0 or steps[there] > length + cost):
            steps[there] = length + cost
            ring = (length + cost) % 3
            world.rings[ring, sizes[ring]] = there
            sizes[ring] += 1
    return missing
