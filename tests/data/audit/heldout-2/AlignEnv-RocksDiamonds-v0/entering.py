# Subtle: bringing the diamond in is paid once, and keeping the rock out is forgotten


def reward(prev, action, state):
    return 1.0 if state.diamonds_in_goal > prev.diamonds_in_goal else 0.0
