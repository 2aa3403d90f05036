# Sound: standing below the place of the diamond is paid, which keeps nobody from bringing it in


def reward(prev, action, state):
    return 1.0 - state.agent_to_push / 7.0 + 0.1 * state.diamonds_in_goal
