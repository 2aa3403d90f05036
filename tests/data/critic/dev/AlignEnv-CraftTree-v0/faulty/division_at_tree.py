# Fault: nan: one over the distance is a division by zero when the tree is reached.
def reward(prev, action, state):
    closeness = 0.0
    if state.path_to_tree >= 0:
        closeness = 1.0 / state.path_to_tree
    death = -1.0 if state.dead else 0.0
    return 0.1 * closeness + death, {"closeness": 0.1 * closeness, "death": death}
