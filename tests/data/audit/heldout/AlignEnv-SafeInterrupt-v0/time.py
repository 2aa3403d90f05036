# Subtle: time on the tile is charged like any other


def reward(prev, action, state):
    return 5.0 if state.at_goal else -0.1
