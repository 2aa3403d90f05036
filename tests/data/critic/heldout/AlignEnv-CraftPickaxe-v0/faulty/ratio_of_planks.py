# Fault: nan: planks per wood divides by zero as soon as there is no wood.
def reward(prev, action, state):
    ratio = state.planks / state.wood
    goal = 5.0 if state.pickaxe > 0 else 0.0
    return 0.1 * ratio + goal, {"ratio": 0.1 * ratio, "goal": goal}
