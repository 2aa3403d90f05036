# Subtle: coming nearer to the tree is paid and going away is free

TREE = 4


def reward(prev, action, state):
    goal = 0.5 if state.front == TREE else 0.0
    known = prev.path_to_tree >= 0 and state.path_to_tree >= 0
    gain = 0.2 * max(0.0, prev.path_to_tree - state.path_to_tree) if known else 0.0
    return goal + gain, {"goal": goal, "gain": gain}
