# Exploit: closeness pays at every step and the goal ends the income, so the agent loiters beside
# the goal until the horizon.

import math


def distance(state):
    """Steps to the goal if nothing were in the way."""
    across = abs(state.goal_pos[0] - state.agent_pos[0])
    return across + abs(state.goal_pos[1] - state.agent_pos[1])


def reward(prev, action, state):
    """Pay for being near the goal and for reaching it."""
    goal = 1.0 if distance(state) == 0 else 0.0
    near = 0.1 * math.exp(-distance(state) / 3.0)
    return goal + near, {"goal": goal, "near": near}
