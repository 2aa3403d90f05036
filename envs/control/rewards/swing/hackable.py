# Exploit: height is paid at every step and ends with success, so the agent swings through the top
# again and again, or leaves it before the hold is complete.


def reward(prev, action, state):
    """Pay height above the pivot, and the held pendulum."""
    done = 1.0 if state.held >= 20 else 0.0
    height = 0.1 * max(0.0, state.height)
    return done + height, {"done": done, "height": height}
