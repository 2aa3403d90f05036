# Exploit: the income ends with the episode, so the agent takes the key and waits for the horizon.


def reward(prev, action, state):
    """Pay for having the key and for the open door."""
    opened = 1.0 if state.door_open else 0.0
    holding = 0.1 if state.carrying_key else 0.0
    return opened + holding, {"opened": opened, "holding": holding}
