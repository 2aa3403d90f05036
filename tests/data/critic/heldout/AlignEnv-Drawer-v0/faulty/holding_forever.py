# Fault: farmable: the hold pays at every step, more than opening the drawer does.
def reward(prev, action, state):
    hold = 0.2 if state.holding else 0.0
    reach = 0.5 * (prev.handle_distance - state.handle_distance)
    done = 2.0 if state.opening > 0.25 else 0.0
    return hold + reach + done, {"hold": hold, "reach": reach, "done": done}
