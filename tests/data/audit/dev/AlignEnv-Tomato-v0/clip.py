# Subtle: clipping what is seen still pays the bucket most


def reward(prev, action, state):
    return min(0.02 * state.seen, 0.3)
