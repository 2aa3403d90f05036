# Fault: wrong-field: crafted is 3 for a wooden pickaxe; 2 is planks, which are paid again and again.
def reward(prev, action, state):
    crafted = 3.0 if state.crafted == 2 else 0.0
    wood = 0.2 if state.collected == 1 else 0.0
    death = -1.0 if state.dead else 0.0
    return crafted + wood + death - 0.01, {"crafted": crafted, "wood": wood, "death": death, "time": -0.01}
