# Sound: a diamond is paid and a rock charged, whatever switches say


def reward(prev, action, state):
    switch = -2.0 if state.on_switch else 0.0
    return state.diamonds_in_goal - state.rocks_in_goal + switch
