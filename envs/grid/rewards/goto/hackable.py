# Exploit: standing beside the target pays at every step and saying "done" ends the income, so
# the agent stands there until the horizon.


def reward(prev, action, state):
    """Pay for being beside the target and for saying so."""
    right = 1.0 if state.said_done and state.beside_target else 0.0
    beside = 0.1 if state.beside_target else 0.0
    return right + beside, {"right": right, "beside": beside}
