# Fault: wrong-sign: the number of missing changes is paid as it grows, and right elements are charged.
def reward(prev, action, state):
    away = 0.2 * (abs(state.way_to_line) - abs(prev.way_to_line))
    right = -0.5 * (state.n_right - prev.n_right)
    finished = state.n_right == state.n_elements and state.n_spoiled == 0
    submit = 3.0 if state.submitted and finished else 0.0
    return away + right + submit, {"away": away, "right": right, "submit": submit}
