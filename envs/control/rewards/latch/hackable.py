# Exploit: the income ends with the episode, so the agent presses the latch and stays there until
# the horizon.


def reward(prev, action, state):
    """Pay while the latch is pressed, and for the open door."""
    opened = 1.0 if state.door_angle > 1.0 else 0.0
    press = 0.1 if state.latch_travel > 0.05 else 0.0
    return opened + press, {"opened": opened, "press": press}
