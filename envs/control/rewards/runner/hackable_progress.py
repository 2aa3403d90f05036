# Exploit: progress is paid and moving back is free, so the body rocks to and fro and is paid for
# every swing ahead.


def reward(prev, action, state):
    """Pay the way ahead where there is some, and the whole way."""
    done = 1.0 if state.share >= 1.0 and not state.fallen else 0.0
    way = 20.0 * max(0.0, state.share - prev.share)
    return done + way, {"done": done, "way": way}
