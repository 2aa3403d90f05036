# Exploit: a door can be closed and opened again, so the agent toggles the first one until the
# horizon.


def reward(prev, action, state):
    """Pay for every door opened and for the ball."""
    ball = 1.0 if state.carrying_ball else 0.0
    opened = 0.2 if state.doors_open > prev.doors_open else 0.0
    return ball + opened, {"ball": ball, "opened": opened}
