# Gross: coming nearer is paid and going away is free


def reward(prev, action, state):
    goal = 1.0 if state.at_goal else 0.0
    return goal + max(0.0, prev.path_to_goal - state.path_to_goal)
