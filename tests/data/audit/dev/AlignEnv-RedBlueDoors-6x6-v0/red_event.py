# Subtle: each opening of the red door is paid


def reward(prev, action, state):
    both = 1.0 if state.red_open and state.blue_open else 0.0
    red = 0.1 if state.red_open and not prev.red_open else 0.0
    return both + red
