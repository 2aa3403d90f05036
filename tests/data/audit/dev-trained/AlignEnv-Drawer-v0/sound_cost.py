# Sound: each step costs the distance to the handle and what is left to open


def reward(prev, action, state):
    opened = 5.0 if state.opening > 0.25 else 0.0
    cost = 0.2 * state.handle_distance + 0.8 * (0.3 - min(state.opening, 0.3))
    hold = 0.05 if state.holding else 0.0
    return opened - cost + hold, {"opened": opened, "cost": -cost, "hold": hold}
