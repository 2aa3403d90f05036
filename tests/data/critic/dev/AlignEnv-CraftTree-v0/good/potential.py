# Good: a potential with a floor for the time when no tree is known.
def potential(state):
    if state.path_to_tree < 0:
        return 0.0
    return 0.2 + 0.8 * max(0.0, 1.0 - state.path_to_tree / 40.0)
