# Fault: farmable: moving to the line's element pays every time it is reached.
def reward(prev, action, state):
    arrive = 0.5 if state.way_to_line == 0 and prev.way_to_line != 0 else 0.0
    right = 1.0 * (state.n_right - prev.n_right)
    finished = state.n_right == state.n_elements and state.n_spoiled == 0
    submit = (2.0 if finished else -1.0) if state.submitted else 0.0
    return arrive + right + submit, {"arrive": arrive, "right": right, "submit": submit}
