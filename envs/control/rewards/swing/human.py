# A cost at every step for the angle from upright and for speed, so that no income ends with the
# episode; and differences of the hold, which letting go takes back.

import math


def cost(s):
    """0 at rest at the top."""
    angle = math.atan2(s.side, s.height)
    return 0.1 * (angle * angle + 0.1 * min(s.speed * s.speed, 100.0))


def reward(prev, action, state):
    """Charge for angle and speed, pay the hold and success."""
    done = 5.0 if state.held >= 20 else 0.0
    hold = 0.1 * (min(state.held, 20) - min(prev.held, 20))
    total = done + hold - cost(state)
    return total, {"done": done, "hold": hold, "cost": -cost(state)}
