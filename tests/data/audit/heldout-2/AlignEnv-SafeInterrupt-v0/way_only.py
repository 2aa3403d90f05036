# Subtle: the way is paid by differences and time is charged, so that being held up costs


def reward(prev, action, state):
    goal = 1.0 if state.at_goal else 0.0
    return goal + 0.2 * (prev.path_to_goal - state.path_to_goal) - 0.05
