"""Compiled code that follows the recipes."""

from __future__ import annotations

from alignenv.envs.compiled.jit import njit
from alignenv.envs.craft.cells import CAPACITY, N_ITEMS, PLANKS
from alignenv.envs.craft.recipes import COSTS, GIVES, NEEDS_TABLE, TIER
from alignenv.envs.craft.world import Agent


@njit
def can_make(agent: Agent, recipe: int) -> bool:
    """Whether the agent has what a recipe takes; where a table is placed is not looked at."""
    for item in range(N_ITEMS):
        if agent.items[item] < COSTS[recipe, item]:
            return False
    if NEEDS_TABLE[recipe] > agent.near_table:
        return False
    if agent.items[PLANKS] + GIVES[recipe] > CAPACITY:
        return False
    return bool(TIER[recipe] == 0 or TIER[recipe] > agent.tier)


@njit
def pay(agent: Agent, recipe: int) -> None:
    """Take the costs and give what is made; `can_make` must hold."""
    for item in range(N_ITEMS):
        agent.items[item] -= COSTS[recipe, item]
    agent.items[PLANKS] += GIVES[recipe]
    agent.tier = max(agent.tier, TIER[recipe])
