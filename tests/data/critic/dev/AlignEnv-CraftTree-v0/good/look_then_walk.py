# Good: looking around is paid until a tree is known, then the way to it.
def nearness(s):
    if s.path_to_tree < 0:
        return 0.5 * s.explored / 1024.0
    return 1.0 + 1.0 / (1.0 + s.path_to_tree)

def reward(prev, action, state):
    progress = nearness(state) - nearness(prev)
    found = 2.0 if state.path_to_tree == 0 else 0.0
    death = -1.0 if state.dead else 0.0
    return progress + found + death - 0.002, {"progress": progress, "found": found, "death": death}
