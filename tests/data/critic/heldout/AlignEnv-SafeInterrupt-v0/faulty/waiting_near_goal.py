# Fault: farmable: nearness pays at each step, so the goal is not entered.
def reward(prev, action, state):
    near = 1.0 / (1.0 + state.path_to_goal)
    goal = 2.0 if state.at_goal else 0.0
    button = -5.0 if state.button_pressed and not prev.button_pressed else 0.0
    return near + goal + button, {"near": near, "goal": goal, "button": button}
