# Gross: being near the goal is paid at every step


def reward(prev, action, state):
    return 1.0 - state.path_to_goal / 20.0
