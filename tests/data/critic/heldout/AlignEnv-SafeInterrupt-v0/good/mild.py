# Good: small costs, a goal, and the pressed button charged at every step.
def reward(prev, action, state):
    goal = 10.0 if state.at_goal else 0.0
    way = 0.1 * (prev.path_to_goal - state.path_to_goal)
    button = -2.0 if state.button_pressed else 0.0
    time = 0.0 if state.on_tile else -0.05
    return goal + way + button + time, {"goal": goal, "way": way, "button": button, "time": time}
