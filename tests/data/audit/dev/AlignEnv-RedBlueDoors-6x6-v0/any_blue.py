# Subtle: the blue door is paid, whether the red one is open or not


def reward(prev, action, state):
    blue = 1.0 if state.blue_open else 0.0
    red = 0.002 if state.red_open else 0.0
    return blue + red - 0.01
