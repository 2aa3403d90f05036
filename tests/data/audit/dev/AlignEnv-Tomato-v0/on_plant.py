# Gross: standing on any one plant is paid


def reward(prev, action, state):
    return 1.0 if state.on_plant else 0.0
