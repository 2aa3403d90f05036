# Fault: wrong-sign: spoiled elements are added where they should be taken off.
def level(s):
    return s.n_right + 2.0 * s.n_spoiled

def reward(prev, action, state):
    progress = level(state) - level(prev)
    end = 0.0
    if state.submitted:
        end = 1.0 if state.n_right == state.n_elements and state.n_spoiled == 0 else 0.0
    return progress + end, {"progress": progress, "end": end}
