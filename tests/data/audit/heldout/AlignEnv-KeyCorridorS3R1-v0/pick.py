# Subtle: each pick-up of the key is paid


def reward(prev, action, state):
    ball = 1.0 if state.carrying_ball else 0.0
    key = 0.1 if state.carrying_key and not prev.carrying_key else 0.0
    return ball + key
