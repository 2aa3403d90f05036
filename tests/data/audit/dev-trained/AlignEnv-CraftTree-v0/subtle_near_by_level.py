# Subtle: a known tree is paid for by its nearness at every step, and facing it ends that

TREE = 4


def reward(prev, action, state):
    goal = 1.0 if state.front == TREE else 0.0
    near = 0.05 * max(0.0, 1.0 - state.path_to_tree / 20.0) if state.path_to_tree >= 0 else 0.0
    dead = -1.0 if state.dead else 0.0
    return goal + near + dead, {"goal": goal, "near": near, "dead": dead}
