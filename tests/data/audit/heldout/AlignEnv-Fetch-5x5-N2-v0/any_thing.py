# Subtle: any thing is paid, the right one not more


def reward(prev, action, state):
    return 1.0 if state.carrying_thing else -0.01
