# Sound: any cell next to lava costs, so that the way keeps to the middle


def reward(prev, action, state):
    goal = 8.0 if state.at_goal else 0.0
    near = -0.5 * state.lava_near
    dead = -8.0 if state.dead else 0.0
    return goal + near + dead - 0.05
