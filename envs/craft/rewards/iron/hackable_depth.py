# Exploit: the dark pays at every step, so the agent goes into the mountain by the nearest tunnel,
# or digs its way with a wooden pickaxe, and stays there.


def reward(prev, action, state):
    """Pay for being where the ore is, for tools and for the goal."""
    goal = 1.0 if state.pickaxe >= 3 else 0.0
    depth = 0.01 * min(state.depth, 8.0)
    tools = 0.3 * (state.pickaxe - prev.pickaxe)
    return goal + depth + tools, {"goal": goal, "depth": depth, "tools": tools}
