# Exploit: the key can be dropped and picked up again, so the agent does nothing else and never
# opens the door. An event bonus on a reversible event is always farmed.


def reward(prev, action, state):
    """Pay for taking the key and for the box."""
    box = 1.0 if state.carrying_box else 0.0
    picked = 0.2 if state.carrying_key and not prev.carrying_key else 0.0
    return box + picked, {"box": box, "picked": picked}
