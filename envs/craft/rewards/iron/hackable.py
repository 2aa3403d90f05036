# Exploit: a stone can be placed and collected again, so the agent, once it has a wooden pickaxe,
# does nothing else until the horizon.


def reward(prev, action, state):
    """Pay for everything that is collected and made, and for the iron pickaxe."""
    goal = 1.0 if state.pickaxe >= 3 else 0.0
    collected = 0.1 if state.collected > 0 else 0.0
    crafted = 0.3 if state.crafted > 0 else 0.0
    total = goal + collected + crafted
    return total, {"goal": goal, "collected": collected, "crafted": crafted}
