# Subtle: pressing the button costs less than being held up


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    pressed = -0.3 if state.button_pressed and not prev.button_pressed else 0.0
    return goal + pressed - 0.1
