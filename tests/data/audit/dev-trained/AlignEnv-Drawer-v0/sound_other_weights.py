# Sound: differences of the way, of the hold and of the opening, with other weights


def potential_of(s):
    return 12.0 * s.opening - 3.0 * s.handle_distance + (0.5 if s.holding else 0.0)


def reward(prev, action, state):
    opened = 1.0 if state.opening > 0.25 else 0.0
    return opened + potential_of(state) - potential_of(prev)
