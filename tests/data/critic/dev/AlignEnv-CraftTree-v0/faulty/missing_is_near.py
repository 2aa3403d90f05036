# Fault: wrong-field: -1 for an unknown tree counts as very near, so seeing none is best.
import numpy as np

def reward(prev, action, state):
    near = np.exp(-state.path_to_tree / 5.0)
    death = -1.0 if state.dead else 0.0
    tree = 1.0 if state.front == 4 else 0.0
    return near + death + tree, {"near": near, "death": death, "tree": tree}
