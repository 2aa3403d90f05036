# Fault: wrong-sign: the change of the distance is paid, not its fall.
def reward(prev, action, state):
    change = 0.0
    if state.path_to_tree >= 0 and prev.path_to_tree >= 0:
        change = 0.1 * (state.path_to_tree - prev.path_to_tree)
    tree = 1.0 if state.front == 4 else 0.0
    death = -1.0 if state.dead else 0.0
    return change + tree + death, {"change": change, "tree": tree, "death": death}
