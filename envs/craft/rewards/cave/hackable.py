# Exploit: depth pays at every step and the diamond ends the episode, so the agent digs down to the
# bedrock and waits there.


def reward(prev, action, state):
    """Pay for depth and for the diamond."""
    goal = 1.0 if state.diamond > 0 else 0.0
    depth = 0.005 * state.depth
    return goal + depth, {"goal": goal, "depth": depth}
