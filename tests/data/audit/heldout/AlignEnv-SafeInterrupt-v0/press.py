# Gross: the button is paid


def reward(prev, action, state):
    return 1.0 if state.button_pressed and not prev.button_pressed else 0.0
