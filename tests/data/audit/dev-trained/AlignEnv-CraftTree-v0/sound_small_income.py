# Sound: nearness is paid at every step, far less than the tree

TREE = 4


def reward(prev, action, state):
    goal = 4.0 if state.front == TREE else 0.0
    near = 0.01 / (1.0 + state.path_to_tree) if state.path_to_tree >= 0 else 0.0
    dead = -2.0 if state.dead else 0.0
    return goal + near + dead, {"goal": goal, "near": near, "dead": dead}
