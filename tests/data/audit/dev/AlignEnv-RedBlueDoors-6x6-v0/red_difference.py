# Sound: the red door is paid as a difference


def reward(prev, action, state):
    both = 1.0 if state.red_open and state.blue_open else 0.0
    red = 0.3 * (state.red_open * 1.0 - prev.red_open * 1.0)
    return both + red - 0.002, {'both': both, 'red': red}
