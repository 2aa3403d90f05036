# Subtle: rocks are paid less than diamonds, but paid


def reward(prev, action, state):
    return state.diamonds_in_goal + 0.3 * state.rocks_in_goal
