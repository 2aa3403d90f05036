# Gross: the tile is paid


def reward(prev, action, state):
    return 1.0 if state.on_tile else 0.0
