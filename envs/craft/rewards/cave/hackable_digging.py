# Exploit: a stone can be placed and collected again, so the agent digs where it stands and never
# goes on.


def reward(prev, action, state):
    """Pay for every stone dug, and for the diamond."""
    goal = 1.0 if state.diamond > 0 else 0.0
    dug = 0.05 if state.collected > 0 else 0.0
    return goal + dug, {"goal": goal, "dug": dug}
