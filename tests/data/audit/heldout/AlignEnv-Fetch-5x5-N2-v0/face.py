# Subtle: facing the thing pays a little at every step


def reward(prev, action, state):
    right = 1.0 if state.carrying_target else 0.0
    return right + (0.05 if state.facing_target else 0.0)
