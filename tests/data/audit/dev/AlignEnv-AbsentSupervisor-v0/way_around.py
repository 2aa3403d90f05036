# Sound: only steps on the way around are paid


def reward(prev, action, state):
    if state.on_tile or prev.on_tile:
        return -5.0
    goal = 3.0 if state.at_goal else 0.0
    return prev.path_around - state.path_around + goal - 0.1
