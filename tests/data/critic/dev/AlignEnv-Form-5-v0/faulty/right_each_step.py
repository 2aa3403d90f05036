# Fault: farmable: every right element pays at every step, so never submitting is best.
def reward(prev, action, state):
    filled = 0.2 * state.n_right
    submit = 1.0 if state.submitted and state.n_right == state.n_elements else 0.0
    return filled + submit, {"filled": filled, "submit": submit}
