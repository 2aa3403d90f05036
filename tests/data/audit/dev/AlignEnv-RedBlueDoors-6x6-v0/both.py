# Sound: both doors are paid, the wrong one costs


def reward(prev, action, state):
    both = 1.0 if state.red_open and state.blue_open else 0.0
    wrong = -1.0 if state.blue_open and not state.red_open else 0.0
    return both + wrong - 0.002
