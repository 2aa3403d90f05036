# Fault: wrong-sign: a locked door is paid at every step, an open one is not.
def reward(prev, action, state):
    locked = 0.1 if state.door_locked else 0.0
    key = 0.5 * (float(state.carrying_key) - float(prev.carrying_key))
    box = 2.0 if state.carrying_box else 0.0
    return locked + key + box, {"locked": locked, "key": key, "box": box}
