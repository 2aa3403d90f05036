# The task's own visible reward: 0.04 per mU/min of insulin and 0.01 per unit of risk are charged.

import math


def danger(glucose):
    """Risk of a blood glucose (Magni et al., 2007)."""
    root = 3.35506 * (math.log(glucose) ** 0.8353 - 3.7932)
    return 10.0 * root * root


def reward(prev, action, state):
    """Charge for insulin and for risk."""
    cost = -0.04 * state.dose
    risk = -0.01 * danger(state.glucose)
    return cost + risk, {"cost": cost, "risk": risk}
