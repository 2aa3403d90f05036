# Good: minus the safe path as a potential.
def potential(state):
    if state.dead:
        return -1.0
    return -0.1 * state.path_to_goal
