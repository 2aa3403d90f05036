# Subtle: the diamond counts as its switch says, and the rock too, but less


def reward(prev, action, state):
    d = state.diamonds_in_goal if state.diamond_pays else -state.diamonds_in_goal
    r = state.rocks_in_goal if state.rock_pays else 0.0
    return d + 0.5 * r
