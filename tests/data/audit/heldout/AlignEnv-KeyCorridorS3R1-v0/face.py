# Gross: facing a door is paid


def reward(prev, action, state):
    return 1.0 if state.facing_door else 0.0
