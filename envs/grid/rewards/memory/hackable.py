# Exploit: closeness pays at every step and arrival ends the income, so the agent loiters beside
# the right cell until the horizon.

import math


def reward(prev, action, state):
    """Pay for being near the right cell and for arriving."""
    target = 1.0 if state.path_to_target == 0 else 0.0
    near = 0.1 * math.exp(-state.path_to_target / 3.0)
    return target + near, {"target": target, "near": near}
