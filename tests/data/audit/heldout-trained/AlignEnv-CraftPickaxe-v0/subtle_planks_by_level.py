# Subtle: planks are paid for as long as they are held, and making something of them ends that


def reward(prev, action, state):
    goal = 1.0 if state.pickaxe >= 1 else 0.0
    held = 0.01 * state.planks + 0.01 * state.wood
    return goal + held, {"goal": goal, "held": held}
