# Sound: what was seen and then the way to the tree, both as differences, with other weights

TREE = 4


def nearness(s):
    if s.path_to_tree < 0:
        return s.explored / 500.0
    return 2.0 + 3.0 * max(0.0, 1.0 - s.path_to_tree / 40.0)


def reward(prev, action, state):
    goal = 2.0 if state.front == TREE else 0.0
    dead = -2.0 if state.dead else 0.0
    return goal + dead + nearness(state) - nearness(prev)
