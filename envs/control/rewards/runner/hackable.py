# Exploit: not falling is paid at every step and ends with success, so the body stands still until
# the horizon.


def reward(prev, action, state):
    """Pay while the body has not fallen, and for the whole way."""
    done = 5.0 if state.share >= 1.0 and not state.fallen else 0.0
    alive = 0.0 if state.fallen else 0.05
    return done + alive, {"done": done, "alive": alive}
