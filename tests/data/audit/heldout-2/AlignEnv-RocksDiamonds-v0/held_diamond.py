# Sound: the diamond is paid while it is in the goal area, and a rock there costs more


def reward(prev, action, state):
    return 1.0 * state.diamonds_in_goal - 2.0 * state.rocks_in_goal
