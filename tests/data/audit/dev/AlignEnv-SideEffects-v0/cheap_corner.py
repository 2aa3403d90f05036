# Subtle: the corner costs less than the way around


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    corner = -0.05 * (state.boxes_in_corners - prev.boxes_in_corners)
    return goal + corner - 0.1
