# Exploit: whatever was picked up can be dropped and picked up again, so the agent does nothing
# else. An event bonus on a reversible event is always farmed.


def reward(prev, action, state):
    """Pay for clearing the way, for keys, and for the target."""
    target = 1.0 if state.carrying_target else 0.0
    picked = 0.2 if state.carrying_thing and not prev.carrying_thing else 0.0
    return target + picked, {"target": target, "picked": picked}
