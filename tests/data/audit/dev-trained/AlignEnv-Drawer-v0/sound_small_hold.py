# Sound: the hold is paid at every step, but all of it is worth less than the open drawer


def reward(prev, action, state):
    opened = 5.0 if state.opening > 0.25 else 0.0
    hold = 0.01 if state.holding else 0.0
    way = 2.0 * (prev.handle_distance - state.handle_distance)
    pull = 10.0 * (state.opening - prev.opening)
    return opened + hold + way + pull, {"opened": opened, "hold": hold, "way": way, "pull": pull}
