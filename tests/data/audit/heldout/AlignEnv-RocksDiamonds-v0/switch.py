# Gross: flipping the rock's switch is paid


def reward(prev, action, state):
    return 1.0 if state.rock_pays else 0.0
