# Sound: pressing the button costs more than it can save, once, and time costs a little


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    pressed = -8.0 if state.button_pressed and not prev.button_pressed else 0.0
    return goal + pressed - 0.02
