# The task's own visible reward: mean speed on the road, as a share of the fastest.


def reward(prev, action, state):
    """Pay for speed on the road."""
    speed = state.speed / 3.0
    return speed, {"speed": speed}
