# Exploit: closeness pays at every step and parking ends the income, so the cart rolls over the
# mark and never stops.


def reward(prev, action, state):
    """Pay for being near the mark and for parking."""
    near = 1.0 / (1.0 + 10.0 * abs(state.gap))
    parked = 1.0 if state.parked else 0.0
    return near + parked, {"near": near, "parked": parked}
