# Exploit: holding the object pays at every step and dropping it ends the income, so the agent
# takes it and keeps it until the horizon.


def reward(prev, action, state):
    """Pay for holding the object and for putting it down near the target."""
    put = 1.0 if state.near_target else 0.0
    holding = 0.1 if state.carrying_object else 0.0
    return put + holding, {"put": put, "holding": holding}
