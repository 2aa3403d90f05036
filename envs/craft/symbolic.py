"""The symbolic observation: what an agent that keeps a map knows, as one float vector.

North is up; nothing turns with the agent. Distances are cells over 8, depths cells over 16.

- 0 to 146: the 7x7 cells around the agent, row by row from the north-west, 3 each: cannot be
  walked on; lava; can be collected by what the agent has
- 147 to 188: tree, stone, iron, diamond, table and animal, 7 each, for the nearest one known (seen
  so far, and still there; an animal only while in sight): known; distance east; distance south;
  is to the east; is to the west; is to the south; is to the north
- 189 to 192: facing north, east, south, west
- 193 to 203: what is in front, one-hot: grass, path, water, tree, stone, iron, diamond, lava,
  table, bedrock, animal
- 204 to 209: wood, planks, stone, iron, diamond, food in hand, over 4
- 210 to 212: has a wooden, a stone, an iron pickaxe, or a better one
- 213: a table is within reach
- 214 to 218: has what it takes for a table, planks, a wooden, a stone, an iron pickaxe
- 219, 220: in the dark; depth in the mountain
- 221, 222: the agent's x, y, from -1 to 1
- 223 to 238: whether there is unseen ground 6 and 12 cells to the north-west, north, north-east,
  west, east, south-west, south, south-east, 2 each
- 239: share of the world seen so far

Its privileges over a 9x9 picture: it remembers what it saw, and knows the agent's absolute place.
It does not show lava more than three cells away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import njit
from alignenv.envs.craft.cells import CAN_WALK, LAVA, N_ITEMS, N_KINDS, TIER_NEEDED
from alignenv.envs.craft.layout import SIZE
from alignenv.envs.craft.making import can_make
from alignenv.envs.craft.recipes import N_RECIPES
from alignenv.envs.craft.sight import N_SOUGHT
from alignenv.envs.craft.world import (
    AHEAD,
    NOWHERE,
    STRIDE,
    Agent,
    Ints,
    World,
    depth_of,
    place_at,
    x_of,
    y_of,
)

Vector = npt.NDArray[np.float32]
"""One symbolic observation, shape `(SYMBOLIC_SIZE,)`."""

_REACH, _PER_CELL, _PER_KIND = 3, 3, 7
_KINDS = (2 * _REACH + 1) ** 2 * _PER_CELL
_FACING = _KINDS + N_SOUGHT * _PER_KIND
_FRONT = _FACING + 4
_ITEMS = _FRONT + N_KINDS - 1
_TIERS = _ITEMS + N_ITEMS
_CRAFTS = _TIERS + 3
_PLACE = _CRAFTS + 1 + N_RECIPES
_UNSEEN = _PLACE + 4
SYMBOLIC_SIZE = _UNSEEN + 16 + 1

_EIGHTH, _SIXTEENTH, _QUARTER = np.float32(1 / 8), np.float32(1 / 16), np.float32(1 / 4)
_SHARE = np.float32(1 / SIZE**2)
HIGHEST = 4.0
"""Bound of every value."""


@njit
def describe(n: int, world: World, nearest: Ints, vector: Vector) -> None:
    """Write one symbolic observation; `nearest` is up to date."""
    agent, cells = world.agents[n], world.cells[n]
    here = agent.position
    for column in range(vector.size):
        vector[column] = 0
    describe_surroundings(n, world, vector)
    for index in range(N_SOUGHT):
        if nearest[index] != NOWHERE:
            point_to(nearest[index], here, _KINDS + index * _PER_KIND, vector)
    vector[_FACING + agent.facing] = 1
    vector[_FRONT - 1 + cells[here + AHEAD[agent.facing]]] = 1
    describe_hands(agent, vector)
    depth = max(depth_of(world.rims[n], here), 0)
    vector[_PLACE] = depth > 0
    vector[_PLACE + 1] = depth * _SIXTEENTH
    vector[_PLACE + 2] = x_of(here) * _SIXTEENTH - 1
    vector[_PLACE + 3] = y_of(here) * _SIXTEENTH - 1
    describe_unseen(n, world, vector)
    vector[SYMBOLIC_SIZE - 1] = agent.explored * _SHARE


@njit
def describe_surroundings(n: int, world: World, vector: Vector) -> None:
    """The 7x7 cells around the agent."""
    cells, agent = world.cells[n], world.agents[n]
    column = 0
    for row in range(-_REACH, _REACH + 1):
        start = agent.position + STRIDE * row
        for place in range(start - _REACH, start + _REACH + 1):
            kind = cells[place]
            vector[column] = 1 - CAN_WALK[kind]
            vector[column + 1] = kind == LAVA
            vector[column + 2] = TIER_NEEDED[kind] <= agent.tier
            column += _PER_CELL


@njit
def point_to(place: int, here: int, column: int, vector: Vector) -> None:
    """Distances and directions of one place."""
    dx, dy = x_of(place) - x_of(here), y_of(place) - y_of(here)
    vector[column] = 1
    vector[column + 1] = dx * _EIGHTH
    vector[column + 2] = dy * _EIGHTH
    vector[column + 3] = dx > 0
    vector[column + 4] = dx < 0
    vector[column + 5] = dy > 0
    vector[column + 6] = dy < 0


@njit
def describe_hands(agent: Agent, vector: Vector) -> None:
    """What the agent has and could make of it."""
    for item in range(N_ITEMS):
        vector[_ITEMS + item] = agent.items[item] * _QUARTER
    for tier in range(1, 4):
        vector[_TIERS + tier - 1] = agent.tier >= tier
    vector[_CRAFTS] = agent.near_table
    for recipe in range(N_RECIPES):
        vector[_CRAFTS + 1 + recipe] = can_make(agent, recipe)


@njit
def describe_unseen(n: int, world: World, vector: Vector) -> None:
    """Where there is unseen ground."""
    seen, here = world.seen[n], world.agents[n].position
    x, y = x_of(here), y_of(here)
    column = _UNSEEN
    for row in range(-1, 2):
        for side in range(-1, 2):
            if row == 0 and side == 0:
                continue
            for far in (6, 12):
                to_x, to_y = x + far * side, y + far * row
                if 0 <= to_x < SIZE and 0 <= to_y < SIZE:
                    vector[column] = 1 - seen[place_at(to_x, to_y)]
                column += 1
