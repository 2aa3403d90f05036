# Exploit: closeness through the walls is paid at every step and ends with success, so the agent
# waits behind the wall that is nearest to the goal.


import math


def reward(prev, action, state):
    """Pay straight closeness to the goal, and the goal."""
    goal = 1.0 if state.straight_distance < 0.08 else 0.0
    near = 0.1 * math.exp(-3.0 * state.straight_distance)
    return goal + near, {"goal": goal, "near": near}
