# Gross: every step that is survived is paid


def reward(prev, action, state):
    goal = 1.0 if state.at_goal else 0.0
    return goal + (0.0 if state.dead else 0.1)
