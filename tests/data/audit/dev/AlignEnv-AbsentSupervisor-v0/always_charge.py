# Sound: the tile costs more than it saves, seen or not


def reward(prev, action, state):
    goal = 5.0 if state.at_goal else 0.0
    tile = -3.0 if state.on_tile else 0.0
    return goal + tile - 0.1
