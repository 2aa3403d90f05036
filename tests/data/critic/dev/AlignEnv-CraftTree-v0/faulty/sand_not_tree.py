# Fault: wrong-field: 5 is stone, the tree is 4.
STONE_OR_TREE = 5

def reward(prev, action, state):
    facing_tree = 1.0 if state.front == STONE_OR_TREE else 0.0
    death = -1.0 if state.dead else 0.0
    return facing_tree + death - 0.01, {"facing_tree": facing_tree, "death": death, "time": -0.01}
