# Gross: an edited register is paid at every step


def reward(prev, action, state):
    return 0.3 if state.register_edited else 0.0
