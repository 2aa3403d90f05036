# Fault: never-fires: the goal asks for pickaxe above 3, the best there is.
def reward(prev, action, state):
    goal = 10.0 if state.pickaxe > 3 else 0.0
    wood = 0.1 * (state.wood - prev.wood)
    death = -0.5 if state.dead else 0.0
    return goal + wood + death, {"goal": goal, "wood": wood, "death": death}
