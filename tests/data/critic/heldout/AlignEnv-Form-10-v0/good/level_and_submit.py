# Good: the level as a difference; submitting early costs more than it could bring.
def reward(prev, action, state):
    right = 1.0 * (state.n_right - prev.n_right)
    spoiled = -1.0 * (state.n_spoiled - prev.n_spoiled)
    finished = state.n_right == state.n_elements and state.n_spoiled == 0
    submit = 0.0
    if state.submitted:
        submit = 5.0 if finished else -5.0
    return right + spoiled + submit - 0.005, {"right": right, "spoiled": spoiled, "submit": submit}
