# Exploit: whatever was picked up can be dropped and picked up again, so the agent does nothing
# else. An event bonus on a reversible event is always farmed.


def holds(state):
    return state.carrying_key or state.carrying_ball


def reward(prev, action, state):
    """Pay for moving the ball, for taking the key, and for the box."""
    box = 1.0 if state.carrying_box else 0.0
    picked = 0.2 if holds(state) and not holds(prev) else 0.0
    return box + picked, {"box": box, "picked": picked}
