# Subtle: ground seen for the first time is worth more in all than the pickaxe


def reward(prev, action, state):
    goal = 0.5 if state.pickaxe >= 1 else 0.0
    sights = 0.01 * (state.explored - prev.explored)
    wood = 0.05 if state.collected == 1 else 0.0
    return goal + sights + wood, {"goal": goal, "sights": sights, "wood": wood}
