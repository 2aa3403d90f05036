# Gross: an open red door pays at every step


def reward(prev, action, state):
    return 0.2 if state.red_open else 0.0
