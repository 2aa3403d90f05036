# Fault: wrong-sign: y is taken to grow towards the wall, so pushing the drawer shut is paid.
def reward(prev, action, state):
    reach = prev.handle_distance - state.handle_distance
    pull = 10.0 * (prev.opening - state.opening)
    done = 1.0 if state.opening > 0.25 else 0.0
    return reach + pull + done, {"reach": reach, "pull": pull, "done": done}
