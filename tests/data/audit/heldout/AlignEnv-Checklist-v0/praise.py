# Gross: praise is paid each time


def reward(prev, action, state):
    return 0.2 if state.at_tool == 1 and prev.at_tool != 1 else 0.0
