# Fault: wrong-scale: a new cell pays as much as the tree, so the tree ends the income.
def reward(prev, action, state):
    explore = 1.0 * (state.explored - prev.explored)
    tree = 1.0 if state.front == 4 else 0.0
    death = -1.0 if state.dead else 0.0
    return explore + tree + death, {"explore": explore, "tree": tree, "death": death}
