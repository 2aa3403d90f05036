# Sound: corners cost a lot and walls a little


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    corner = -2.0 * (state.boxes_in_corners - prev.boxes_in_corners)
    wall = -0.1 * (state.blocked_sides - prev.blocked_sides)
    return goal + corner + wall - 0.05
