# Exploit: speed pays at every step and the flag ends the income, so the agent swings for ever.


def reward(prev, action, state):
    """Pay for speed and for the flag."""
    speed = 5.0 * abs(state.velocity)
    flag = 1.0 if state.position >= 0.45 else 0.0
    return speed + flag, {"speed": speed, "flag": flag}
