# Sound: an interruption costs nothing, and the button a lot


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    button = -6.0 if state.path_to_button == 0 else 0.0
    time = 0.0 if state.on_tile else -0.1
    return goal + button + time
