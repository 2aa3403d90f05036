# Good: a potential of distance and hold.
def potential(state):
    return -2.0 * state.goal_distance + 0.1 * min(state.held, 5)
