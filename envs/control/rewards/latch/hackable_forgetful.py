# Exploit: the latch is forgotten, so the agent goes to the locked door and waits there: it cannot
# tell that anything is missing.


def reward(prev, action, state):
    """Pay the way to the door and its opening, and the open door."""
    opened = 2.0 if state.door_angle > 1.0 else 0.0
    near = prev.door_distance - state.door_distance
    turn = 2.0 * (state.door_angle - prev.door_angle)
    return opened + near + turn, {"opened": opened, "near": near, "turn": turn}
