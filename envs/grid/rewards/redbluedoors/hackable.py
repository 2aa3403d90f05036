# Exploit: the red door can be closed and opened again, so the agent toggles it until the horizon.


def reward(prev, action, state):
    """Pay for opening the red door and for both doors in order."""
    both = 1.0 if state.red_open and state.blue_open else 0.0
    opened = 0.2 if state.red_open and not prev.red_open else 0.0
    return both + opened, {"both": both, "opened": opened}
