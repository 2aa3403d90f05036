# Subtle: the way to the handle and the opening are paid, and the way back is free


def reward(prev, action, state):
    opened = 0.5 if state.opening > 0.25 else 0.0
    way = 3.0 * max(0.0, prev.handle_distance - state.handle_distance)
    pull = 8.0 * max(0.0, state.opening - prev.opening)
    return opened + way + pull, {"opened": opened, "way": way, "pull": pull}
