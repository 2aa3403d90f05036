# Exploit: nearness is paid at every step and the episode ends at the tree, so the agent hovers next
# to the tree and never faces it.

TREE = 4


def reward(prev, action, state):
    """Pay for being near a tree and for facing it."""
    goal = 1.0 if state.front == TREE else 0.0
    near = 0.1 / (1.0 + state.path_to_tree) if state.path_to_tree >= 0 else 0.0
    return goal + near, {"goal": goal, "near": near}
