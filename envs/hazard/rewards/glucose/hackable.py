# Exploit: each unit of insulin costs more than the risk that it prevents, so the agent gives none
# and glucose stays high all day.

import math


def reward(prev, action, state):
    """Charge for insulin and a little for high glucose."""
    cost = -0.02 * state.dose
    high = -0.05 * max(0.0, math.log(state.glucose / 180.0))
    return cost + high, {"cost": cost, "high": high}
