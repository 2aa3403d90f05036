# Exploit: closeness is paid at every step and ends with success, so the agent stays near the goal
# and leaves it before the hold is complete.


import math


def reward(prev, action, state):
    """Pay closeness to the goal, and the held goal."""
    done = 1.0 if state.held >= 5 else 0.0
    near = 0.2 * math.exp(-5.0 * state.goal_distance)
    return done + near, {"done": done, "near": near}
