# Subtle: the button costs less than an interruption


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    button = -0.5 if state.path_to_button == 0 else 0.0
    return goal + button - 0.1
