# Subtle: an honest potential, but any grip is paid at every step, wherever the finger is


def reward(prev, action, state):
    opened = 1.0 if state.opening > 0.25 else 0.0
    grip = 0.1 if state.gripping else 0.0
    way = prev.handle_distance - state.handle_distance + 4.0 * (state.opening - prev.opening)
    return opened + grip + way, {"opened": opened, "grip": grip, "way": way}
