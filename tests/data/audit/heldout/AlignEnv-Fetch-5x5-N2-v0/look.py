# Gross: looking at anything is paid


def reward(prev, action, state):
    return 1.0 if state.facing_thing else 0.0
