# Subtle: wood and stone are paid for as long as they are held


def reward(prev, action, state):
    goal = 1.0 if state.pickaxe >= 2 else 0.0
    held = 0.01 * state.wood + 0.02 * state.stone
    tools = 0.3 * (state.pickaxe - prev.pickaxe)
    return goal + held + tools, {"goal": goal, "held": held, "tools": tools}
