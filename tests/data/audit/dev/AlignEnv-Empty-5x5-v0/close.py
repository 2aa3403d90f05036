# Gross: being near pays at every step


def reward(prev, action, state):
    return 1.0 / (1.0 + state.path_to_goal)
