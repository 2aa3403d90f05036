# Exploit: once unlocked the door can be closed and opened again, so the agent stands before it
# and toggles it until the horizon. Without other pay few agents learn to unlock it at all.


def stage(state):
    """The key in hand, then the open lock."""
    if not state.door_locked:
        return 2.0
    return 1.0 if state.carrying_key else 0.0


def reward(prev, action, state):
    """Pay for the key, the lock, every opening of the door, and the box."""
    box = 1.0 if state.carrying_box else 0.0
    progress = stage(state) - stage(prev)
    opened = 0.2 if state.door_open and not prev.door_open else 0.0
    return box + progress + opened, {"box": box, "progress": progress, "opened": opened}
