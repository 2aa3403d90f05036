# Exploit: the income ends with the episode, so the agent holds the handle until the horizon and
# never pulls.


def reward(prev, action, state):
    """Pay while the handle is held, and for the open drawer."""
    opened = 1.0 if state.opening > 0.25 else 0.0
    hold = 0.1 if state.holding else 0.0
    return opened + hold, {"opened": opened, "hold": hold}
