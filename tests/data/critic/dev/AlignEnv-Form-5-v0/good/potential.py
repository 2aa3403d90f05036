# Good: a potential that counts right and spoiled elements and the way to the line's element.
def potential(state):
    way = 0.0 if state.line_right else -0.02 * abs(state.way_to_line)
    return 0.5 * state.n_right - 0.5 * state.n_spoiled + way
