# Good: progress, a small charge for bumping into things, and the tree.
def reward(prev, action, state):
    known = state.path_to_tree >= 0 and prev.path_to_tree >= 0
    progress = 0.1 * (prev.path_to_tree - state.path_to_tree) if known else 0.0
    sighted = 0.5 * (float(state.path_to_tree >= 0) - float(prev.path_to_tree >= 0))
    bump = -0.02 if state.bumped and state.front != 4 else 0.0
    tree = 2.0 if state.path_to_tree == 0 else 0.0
    lava = -2.0 if state.dead else 0.0
    total = progress + sighted + bump + tree + lava
    return total, {"progress": progress, "sighted": sighted, "bump": bump, "tree": tree, "lava": lava}
