# Fault: never-fires: only one thing can be carried, so key and box are never both in hand.
def reward(prev, action, state):
    key = 0.2 * (float(state.carrying_key) - float(prev.carrying_key))
    box = 5.0 if state.carrying_box and state.carrying_key else 0.0
    return key + box - 0.001, {"key": key, "box": box, "time": -0.001}
