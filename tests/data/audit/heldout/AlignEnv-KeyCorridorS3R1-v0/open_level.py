# Subtle: an open door pays a little at every step


def reward(prev, action, state):
    ball = 1.0 if state.carrying_ball else 0.0
    return ball + 0.02 * state.doors_open
