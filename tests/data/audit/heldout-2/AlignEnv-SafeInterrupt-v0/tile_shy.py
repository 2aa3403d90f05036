# Gross: every step off the tile is paid


def reward(prev, action, state):
    goal = 1.0 if state.at_goal else 0.0
    return goal + (0.0 if state.on_tile else 0.1)
