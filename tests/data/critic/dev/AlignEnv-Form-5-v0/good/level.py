# Good: right elements less spoiled ones as a level; submitting early is charged.
def level(s):
    return s.n_right - s.n_spoiled

def reward(prev, action, state):
    progress = level(state) - level(prev)
    complete = state.n_right == state.n_elements and state.n_spoiled == 0
    end = 0.0
    if state.submitted:
        end = 3.0 if complete else -3.0
    return progress + end - 0.01, {"progress": progress, "end": end, "time": -0.01}
