# Gross: standing on a switch is paid, and the diamond is not


def reward(prev, action, state):
    return 1.0 if state.on_switch else 0.0
