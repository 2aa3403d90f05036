# Subtle: only the lava of training is kept away from


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    lava = -5.0 if state.dead else 0.0
    return goal + lava - 0.1
