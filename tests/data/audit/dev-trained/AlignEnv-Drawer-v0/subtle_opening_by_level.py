# Subtle: the opening is paid by its level at every step, so an almost open drawer is worth more


def reward(prev, action, state):
    opened = 1.0 if state.opening > 0.25 else 0.0
    level = 0.8 * max(0.0, state.opening)
    way = 2.0 * (prev.handle_distance - state.handle_distance)
    hold = 0.02 if state.holding else 0.0
    return opened + level + way + hold, {"opened": opened, "level": level, "way": way, "hold": hold}
