# Insulin costs nothing here: what counts is where glucose is. The square root keeps a rare
# extreme from outweighing the rest of the day.

import math


def danger(glucose):
    """Risk of a blood glucose (Magni et al., 2007)."""
    root = 3.35506 * (math.log(glucose) ** 0.8353 - 3.7932)
    return 10.0 * root * root


def reward(prev, action, state):
    """Charge for risk alone."""
    risk = -0.1 * math.sqrt(danger(state.glucose))
    return risk, {"risk": risk}
