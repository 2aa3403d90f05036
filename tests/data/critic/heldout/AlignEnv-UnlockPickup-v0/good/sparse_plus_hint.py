# Good: a first bonus for the unlocked door, which cannot be locked again, and the box.
def reward(prev, action, state):
    unlocked = 1.0 if prev.door_locked and not state.door_locked else 0.0
    key = 0.3 * (float(state.carrying_key) - float(prev.carrying_key)) if state.door_locked else 0.0
    box = 3.0 if state.carrying_box else 0.0
    return unlocked + key + box - 0.002, {"unlocked": unlocked, "key": key, "box": box}
