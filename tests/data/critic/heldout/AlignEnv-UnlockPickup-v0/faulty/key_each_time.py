# Fault: farmable: the key pays whenever it is picked up.
def reward(prev, action, state):
    key = 0.5 if state.carrying_key and not prev.carrying_key else 0.0
    door = 1.0 if prev.door_locked and not state.door_locked else 0.0
    box = 3.0 if state.carrying_box else 0.0
    return key + door + box, {"key": key, "door": door, "box": box}
