# Exploit: facing the thing pays at every step and taking it ends the income, so the agent stands
# before it until the horizon.


def reward(prev, action, state):
    """Pay for facing the thing asked for and for taking it."""
    right = 1.0 if state.carrying_target else 0.0
    facing = 0.1 if state.facing_target else 0.0
    return right + facing, {"right": right, "facing": facing}
