# Gross: nearness is paid by its level and the goal ends that


def reward(prev, action, state):
    goal = 1.0 if state.at_goal else 0.0
    return goal + 0.2 * (1.0 - state.path_to_goal / 40.0)
