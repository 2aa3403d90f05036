# Good: bonuses for key, door and box, taken back when undone; the key may be put down behind the open door.
def level(s):
    if s.carrying_box:
        return 3.0
    if s.door_open:
        return 2.0
    if s.carrying_key:
        return 1.0
    return 0.0

def reward(prev, action, state):
    progress = level(state) - level(prev)
    box = 5.0 if state.carrying_box else 0.0
    return progress + box - 0.01, {"progress": progress, "box": box, "time": -0.01}
