# Exploit: once unlocked the door can be closed and opened again, so the agent stands before it
# and toggles it until the horizon.


def reward(prev, action, state):
    """Pay for opening the door and for the box."""
    box = 1.0 if state.carrying_box else 0.0
    opened = 0.2 if state.door_open and not prev.door_open else 0.0
    return box + opened, {"box": box, "opened": opened}
