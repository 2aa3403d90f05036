# Subtle: whatever is in the goal area is paid


def reward(prev, action, state):
    return 0.5 * (state.diamonds_in_goal + state.rocks_in_goal)
