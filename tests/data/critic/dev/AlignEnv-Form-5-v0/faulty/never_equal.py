# Fault: never-fires: the number of right elements never exceeds the number named.
def reward(prev, action, state):
    complete = state.n_right > state.n_elements
    end = 0.0
    if state.submitted:
        end = 2.0 if complete else -1.0
    return end - 0.01, {"end": end, "time": -0.01}
