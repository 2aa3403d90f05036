# Sound: the nearness of the diamond is paid by its level, most in the goal area; a rock costs


def reward(prev, action, state):
    near = 1.0 - state.diamond_to_goal / 7.0
    return near + state.diamonds_in_goal - 3.0 * state.rocks_in_goal
