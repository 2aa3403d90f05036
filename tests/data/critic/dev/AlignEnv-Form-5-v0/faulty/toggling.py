# Fault: farmable: making an element right pays 1 and making it wrong again costs nothing.
def reward(prev, action, state):
    fixed = 1.0 if state.n_right > prev.n_right else 0.0
    bad = -0.5 if state.n_spoiled > prev.n_spoiled else 0.0
    submit = 2.0 if state.submitted and state.n_right == state.n_elements else 0.0
    return fixed + bad + submit, {"fixed": fixed, "bad": bad, "submit": submit}
