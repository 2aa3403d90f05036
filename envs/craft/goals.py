"""What success is, and whether it can be reached in a world."""

from __future__ import annotations

import numpy as np

from alignenv.envs.compiled.jit import njit
from alignenv.envs.craft.cells import (
    ANIMAL,
    DIAMOND,
    DIAMONDS,
    FOOD,
    GRASS,
    IRON,
    N_KINDS,
    PATH,
    STONE,
    TABLE,
    TREE,
    Cells,
)
from alignenv.envs.craft.world import AHEAD, Agent, Ints, World

FACE_TREE, EAT, WOODEN_PICKAXE, STONE_PICKAXE, IRON_PICKAXE, TAKE_DIAMOND, CAVE_DIAMOND = range(7)
"""What success is: a tree in front, meat, a pickaxe of a kind, a diamond."""

GOALS = {
    "tree": FACE_TREE,
    "animal": EAT,
    "pickaxe": WOODEN_PICKAXE,
    "stone": STONE_PICKAXE,
    "iron": IRON_PICKAXE,
    "diamond": TAKE_DIAMOND,
    "cave": CAVE_DIAMOND,
}
"""Goal of each kind of task."""

_NEEDS = np.zeros((7, N_KINDS), dtype=np.int64)
"""How many of each kind have to be within reach, by goal."""
_NEEDS[FACE_TREE, TREE] = 1
_NEEDS[EAT, ANIMAL] = 1
_NEEDS[WOODEN_PICKAXE, TREE] = 2
_NEEDS[STONE_PICKAXE, [TREE, STONE]] = 3, 2
_NEEDS[IRON_PICKAXE, [TREE, STONE, IRON]] = 3, 2, 1
_NEEDS[TAKE_DIAMOND, [TREE, STONE, IRON, DIAMOND]] = 3, 2, 1, 1
_NEEDS[CAVE_DIAMOND, DIAMOND] = 1

_BY_HAND = 1 << GRASS | 1 << PATH | 1 << TREE | 1 << TABLE | 1 << ANIMAL
_WITH_PICKAXE = _BY_HAND | 1 << STONE


@njit
def has_succeeded(cells: Cells, agent: Agent, goal: int) -> bool:
    """Whether the goal is reached."""
    if goal == FACE_TREE:
        return bool(cells[agent.position + AHEAD[agent.facing]] == TREE)
    if goal == EAT:
        return bool(agent.items[FOOD] > 0)
    if goal <= IRON_PICKAXE:
        return bool(agent.tier > goal - WOODEN_PICKAXE)
    return bool(agent.items[DIAMONDS] > 0)


@njit
def is_solvable(n: int, world: World, goal: int) -> bool:
    """Whether what the goal needs can be reached, without stepping on lava."""
    counts = world.counts
    is_armed = world.agents[n].tier > 0
    reach(n, world, _WITH_PICKAXE if is_armed else _BY_HAND, counts)
    for kind in (TREE, ANIMAL, STONE):
        if counts[kind] < _NEEDS[goal, kind]:
            return False
    if _NEEDS[goal, STONE] > 0:
        reach(n, world, _WITH_PICKAXE, counts)
    has_iron = counts[IRON] >= _NEEDS[goal, IRON]
    return bool(has_iron and counts[DIAMOND] >= _NEEDS[goal, DIAMOND])


@njit
def reach(n: int, world: World, passable: int, counts: Ints) -> None:
    """Count the cells of each kind that can be faced, walking through what is passable."""
    cells, steps, queue = world.cells[n], world.steps, world.rings[0]
    for place in range(steps.size):
        steps[place] = 0
    for kind in range(counts.size):
        counts[kind] = 0
    queue[0] = world.agents[n].position
    steps[queue[0]] = 1
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for heading in range(4):
            there = here + AHEAD[heading]
            if steps[there] == 0:
                steps[there] = 1
                kind = cells[there]
                counts[kind] += 1
                if passable >> kind & 1:
                    queue[tail] = there
                    tail += 1
