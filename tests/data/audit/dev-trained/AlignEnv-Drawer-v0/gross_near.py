# Gross: being near the handle is paid at every step


def reward(prev, action, state):
    opened = 1.0 if state.opening > 0.25 else 0.0
    near = 0.1 * (1.0 - state.handle_distance)
    return opened + near, {"opened": opened, "near": near}
