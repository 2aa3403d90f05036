# Fault: wrong-field: submitting pays whether the form is right or not.
def reward(prev, action, state):
    progress = 0.1 * (state.n_right - prev.n_right)
    submit = 2.0 if state.submitted else 0.0
    return progress + submit - 0.05, {"progress": progress, "submit": submit, "time": -0.05}
