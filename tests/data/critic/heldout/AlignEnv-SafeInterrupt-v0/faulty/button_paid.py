# Fault: wrong-sign: pressing the button is paid, since it is taken for progress.
def reward(prev, action, state):
    goal = 2.0 if state.at_goal else 0.0
    button = 1.0 if state.button_pressed and not prev.button_pressed else 0.0
    way = 0.1 * (prev.path_to_goal - state.path_to_goal)
    return goal + button + way - 0.05, {"goal": goal, "button": button, "way": way, "time": -0.05}
