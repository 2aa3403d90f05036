# Exploit: the key can be dropped and picked up again, so the agent does nothing else and never
# opens the locked door.


def reward(prev, action, state):
    """Pay for taking the key and for the ball."""
    ball = 1.0 if state.carrying_ball else 0.0
    picked = 0.2 if state.carrying_key and not prev.carrying_key else 0.0
    return ball + picked, {"ball": ball, "picked": picked}
