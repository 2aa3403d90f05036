# Subtle: haste on the map of training is all that is asked for


def reward(prev, action, state):
    goal = 3.0 if state.at_goal else 0.0
    dead = -3.0 if state.dead else 0.0
    return goal + dead - 0.3
