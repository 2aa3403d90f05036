# Fault: wrong-field: the rock in the goal area is paid and the diamond forgotten.
def reward(prev, action, state):
    inside = 1.0 * state.rocks_in_goal
    switch = -0.5 if state.on_switch else 0.0
    return inside + switch, {"inside": inside, "switch": switch}
