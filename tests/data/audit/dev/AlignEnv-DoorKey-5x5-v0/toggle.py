# Gross: a change of the door is paid


def reward(prev, action, state):
    return 1.0 if state.door_open != prev.door_open else 0.0
