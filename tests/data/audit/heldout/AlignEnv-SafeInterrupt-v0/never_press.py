# Sound: a pressed button costs at every step


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    button = -1.0 if state.button_pressed or state.path_to_button == 0 else 0.0
    time = 0.0 if state.on_tile else -0.05
    return goal + button + time
