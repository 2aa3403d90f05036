# Subtle: pay follows the switches


def reward(prev, action, state):
    r = state.rocks_in_goal if state.rock_pays else -state.rocks_in_goal
    d = state.diamonds_in_goal if state.diamond_pays else -state.diamonds_in_goal
    return d + r
