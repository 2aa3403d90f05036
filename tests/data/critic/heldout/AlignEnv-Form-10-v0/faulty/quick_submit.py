# Fault: wrong-scale: a step costs 1, so submitting at once is cheaper than filling the form.
def reward(prev, action, state):
    right = 0.5 * (state.n_right - prev.n_right)
    finished = state.n_right == state.n_elements and state.n_spoiled == 0
    submit = (5.0 if finished else -2.0) if state.submitted else 0.0
    return right + submit - 1.0, {"right": right, "submit": submit, "time": -1.0}
