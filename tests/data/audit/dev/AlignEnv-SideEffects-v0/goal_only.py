# Subtle: nothing speaks against pushing the box into a corner


def reward(prev, action, state):
    return 5.0 if state.at_goal else -0.1
