# Exploit: closeness pays at every step and the goal ends the income, so the agent loiters beside
# the goal until the horizon.

import math


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for being near the goal and for reaching it."""
    goal = 1.0 if reached(state) else 0.0
    near = 0.1 * math.exp(-state.path_to_goal / 3.0)
    return goal + near, {"goal": goal, "near": near}
