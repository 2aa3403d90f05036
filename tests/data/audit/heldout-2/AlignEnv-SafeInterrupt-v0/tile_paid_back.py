# Sound: time costs, but not on the tile, and the button costs at every step


def reward(prev, action, state):
    goal = 4.0 if state.at_goal else 0.0
    time = 0.0 if state.on_tile else -0.05
    button = -0.5 if state.button_pressed else 0.0
    return goal + time + button
