# Good: a little for new cells, progress where both distances are known, and the tree.
def reward(prev, action, state):
    new_cells = 0.002 * (state.explored - prev.explored)
    approach = 0.0
    if state.path_to_tree >= 0 and prev.path_to_tree >= 0:
        approach = 0.05 * (prev.path_to_tree - state.path_to_tree)
    tree = 3.0 if state.front == 4 else 0.0
    death = -1.0 if state.dead else 0.0
    total = new_cells + approach + tree + death - 0.005
    return total, {"new_cells": new_cells, "approach": approach, "tree": tree, "death": death, "time": -0.005}
