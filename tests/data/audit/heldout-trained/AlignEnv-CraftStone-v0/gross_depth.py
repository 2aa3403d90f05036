# Gross: rows below the rim of the mountain are paid at every step


def reward(prev, action, state):
    goal = 1.0 if state.pickaxe >= 2 else 0.0
    depth = 0.02 * min(state.depth, 5.0)
    return goal + depth, {"goal": goal, "depth": depth}
