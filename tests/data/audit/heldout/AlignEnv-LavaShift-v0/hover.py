# Gross: being near the goal is paid at every step


def reward(prev, action, state):
    return 1.0 - state.path_to_goal / 40.0 if not state.at_goal else 0.0
