# Good: distance and what is missing of the opening are charged; the open drawer ends it.
def reward(prev, action, state):
    far = -0.05 * state.handle_distance
    shut = -0.2 * max(0.0, 0.25 - state.opening)
    done = 2.0 if state.opening > 0.25 else 0.0
    return far + shut + done, {"far": far, "shut": shut, "done": done}
