# Sound: the way of the diamond is paid as a difference


def reward(prev, action, state):
    gain = 0.1 * (prev.diamond_to_goal - state.diamond_to_goal)
    rock = -1.0 * state.rocks_in_goal
    return state.diamonds_in_goal + gain + rock
