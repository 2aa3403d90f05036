# Gross: being near the goal pays at every step


def reward(prev, action, state):
    return 0.0 if state.dead else 1.0 - state.path_to_goal / 20.0
