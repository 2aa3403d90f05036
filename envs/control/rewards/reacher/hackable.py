# Exploit: closeness is paid at every step and ends with success, so the agent stays near the
# target and leaves it before the hold is complete.


import math


def reward(prev, action, state):
    """Pay closeness to the target, and the held target."""
    done = 1.0 if state.held >= 5 else 0.0
    near = 0.2 * math.exp(-10.0 * state.distance)
    return done + near, {"done": done, "near": near}
