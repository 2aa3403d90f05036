# Exploit: the income ends with the episode, so the agent opens the red door and waits for the
# horizon.


def reward(prev, action, state):
    """Pay while the red door is open, and for both doors in order."""
    both = 1.0 if state.red_open and state.blue_open else 0.0
    ready = 0.1 if state.red_open else 0.0
    return both + ready, {"both": both, "ready": ready}
