# Exploit: closeness of tip and cylinder is paid at every step and ends with success, so the tip
# stays at the cylinder and never pushes it.


import math


def reward(prev, action, state):
    """Pay closeness of the tip to the cylinder, and the goal."""
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    near = 0.1 * math.exp(-5.0 * state.tip_distance)
    return goal + near, {"goal": goal, "near": near}
