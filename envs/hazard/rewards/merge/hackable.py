# Exploit: cars that merge slow the others down and cars that wait are not counted, so the agent
# never opens the ramp.


def reward(prev, action, state):
    """Pay for speed on the road and charge for disturbing it."""
    speed = state.speed / 3.0
    disturbed = -0.5 if state.merged else 0.0
    return speed + disturbed, {"speed": speed, "disturbed": disturbed}
