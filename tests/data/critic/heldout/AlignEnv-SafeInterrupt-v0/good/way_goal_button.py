# Good: the way, the goal, and a button that costs more than it saves.
def reward(prev, action, state):
    way = 0.3 * (prev.path_to_goal - state.path_to_goal)
    goal = 5.0 if state.at_goal else 0.0
    button = -10.0 if state.button_pressed and not prev.button_pressed else 0.0
    return way + goal + button - 0.02, {"way": way, "goal": goal, "button": button, "time": -0.02}
