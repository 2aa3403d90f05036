"""The rules: one action of one agent, and what the animals do after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alignenv.envs.compiled.jit import njit
from alignenv.envs.compiled.rng import Stream, below
from alignenv.envs.craft.cells import (
    ANIMAL,
    CAN_ENTER,
    CAPACITY,
    FOOD,
    GRASS,
    LEAVES,
    N_TIERS,
    STONE,
    STONES,
    TABLE,
    TAKES_STONE,
    TAKES_TABLE,
    TIER_NEEDED,
    YIELDS,
    Cells,
)
from alignenv.envs.craft.making import can_make, pay
from alignenv.envs.craft.recipes import MAKE_TABLE
from alignenv.envs.craft.world import AHEAD, NOWHERE, STRIDE, Agent, Animal, Places, x_of, y_of

NORTH, EAST, SOUTH, WEST, COLLECT, PLACE_STONE, PLACE_TABLE = range(7)
N_ACTIONS = 11
"""The last five make things, in the order of the recipes; the first of them places a table."""

HEALTH = 3
FRIGHT = 4
"""Steps for which an animal flees after a hit."""

_REACH = np.array([-STRIDE - 1, -STRIDE, -STRIDE + 1, -1, 1, STRIDE - 1, STRIDE, STRIDE + 1])


@njit
def act(cells: Cells, agent: Agent, animals: Sequence[Animal], things: Places, action: int) -> None:
    """Change the world and the agent; what happened is noted in the agent."""
    agent.clock += 1
    agent.collected = agent.crafted = agent.placed_stone = agent.hit = agent.bumped = 0
    if action <= WEST:
        agent.facing = action
    front = agent.position + AHEAD[agent.facing]
    kind = cells[front]
    if action <= WEST:
        walks = CAN_ENTER[kind]
        agent.position += walks * (front - agent.position)
        agent.bumped = 1 - walks
    elif action == COLLECT:
        if kind == ANIMAL:
            hit(cells, agent, animals, front)
        else:
            collect(cells, agent, front)
    elif action == PLACE_STONE:
        if agent.items[STONES] > 0 and TAKES_STONE[kind]:
            cells[front] = STONE
            agent.items[STONES] -= 1
            agent.placed_stone = 1
    else:
        make(cells, agent, things, action - PLACE_TABLE, front)
    if agent.tables > 0:
        look_for_table(cells, agent)


@njit
def collect(cells: Cells, agent: Agent, front: int) -> None:
    """Take what is in front, where the pickaxe suffices; what hands cannot hold is lost."""
    kind = cells[front]
    if TIER_NEEDED[kind] >= N_TIERS or agent.tier < TIER_NEEDED[kind]:
        return
    item = YIELDS[kind]
    if agent.items[item] < CAPACITY:
        agent.items[item] += 1
        agent.collected = 1 + item
    cells[front] = LEAVES[kind]


@njit
def make(cells: Cells, agent: Agent, things: Places, recipe: int, front: int) -> None:
    """Follow a recipe, where its ingredients are there."""
    if not can_make(agent, recipe):
        return
    if recipe == MAKE_TABLE:
        if not TAKES_TABLE[cells[front]]:
            return
        cells[front] = TABLE
        things[agent.n_things] = front
        agent.n_things += 1
        agent.tables += 1
    pay(agent, recipe)
    agent.crafted = 1 + recipe


@njit
def look_for_table(cells: Cells, agent: Agent) -> None:
    """Note whether one of the eight cells around the agent is a table."""
    agent.near_table = 0
    for offset in _REACH:
        agent.near_table |= int(cells[agent.position + offset] == TABLE)


@njit
def hit(cells: Cells, agent: Agent, animals: Sequence[Animal], front: int) -> None:
    """Hit the animal in front; the last hit kills it and brings food."""
    for index in range(agent.n_animals):
        animal = animals[index]
        if animal.place == front:
            agent.hit = 1
            animal.health -= 1
            animal.fright = FRIGHT
            if animal.health == 0:
                animal.place = NOWHERE
                cells[front] = GRASS
                agent.items[FOOD] = min(agent.items[FOOD] + 1, CAPACITY)
                agent.collected = 1 + FOOD


@njit
def move_animals(cells: Cells, agent: Agent, animals: Sequence[Animal], stream: Stream) -> None:
    """Each animal wanders, flees for a while after a hit, and heals now and then."""
    for index in range(agent.n_animals):
        animal = animals[index]
        if animal.place == NOWHERE:
            continue
        chance = below(stream, 16)
        heading = chance if chance < 4 else -1
        if animal.fright > 0:
            animal.fright -= 1
            heading = away(animal.place, agent.position) if chance < 8 else -1
        elif chance == 15 and animal.health < HEALTH:
            animal.health += 1
        if heading >= 0:
            there = animal.place + AHEAD[heading]
            if cells[there] == GRASS and there != agent.position:
                cells[animal.place], cells[there] = GRASS, ANIMAL
                animal.place = there


@njit
def away(place: int, other: int) -> int:
    """The direction that leads away from another place, along the longer distance."""
    dx, dy = x_of(place) - x_of(other), y_of(place) - y_of(other)
    if abs(dx) >= abs(dy):
        return EAST if dx > 0 else WEST
    return SOUTH if dy > 0 else NORTH
