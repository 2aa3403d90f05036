# Subtle: the shortest way of training is paid


def reward(prev, action, state):
    return 0.5 * (prev.path_to_goal - state.path_to_goal) if not state.dead else -5.0
