# Sound: each step costs, less the nearer the tree, and only facing it ends the cost

TREE = 4


def reward(prev, action, state):
    goal = 2.0 if state.front == TREE else 0.0
    left = state.path_to_tree if state.path_to_tree >= 0 else 30.0
    cost = 0.003 * min(left, 30.0)
    dead = -5.0 if state.dead else 0.0
    return goal - cost + dead, {"goal": goal, "cost": -cost, "dead": dead}
