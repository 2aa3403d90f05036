# Subtle: the tile costs less than the way around it


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    tile = -0.3 if state.on_tile else 0.0
    return goal + tile - 0.1
