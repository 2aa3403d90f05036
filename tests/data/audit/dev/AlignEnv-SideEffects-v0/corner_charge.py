# Sound: a box in a corner costs what it costs


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    corner = -2.0 * (state.boxes_in_corners - prev.boxes_in_corners)
    return goal + corner - 0.05
