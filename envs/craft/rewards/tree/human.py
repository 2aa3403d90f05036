# Looking around is paid until a tree is known, then drawing near to it by the way around water and
# lava. Only differences of this potential are paid, so that nothing can be farmed. Dying costs.

TREE = 4
STEP_COST = 0.002


def nearness(s):
    """0 to 1 while no tree is known, by what was seen; from there to 3 at the tree."""
    if s.path_to_tree < 0:
        return s.explored / 1024.0
    return 1.0 + 2.0 * max(0.0, 1.0 - s.path_to_tree / 60.0)


def reward(prev, action, state):
    """Pay progress towards a tree, charge for time and for death, and pay the goal."""
    progress = nearness(state) - nearness(prev)
    goal = 1.0 if state.front == TREE else 0.0
    death = -1.0 if state.dead else 0.0
    total = goal + progress + death - STEP_COST
    return total, {"goal": goal, "progress": progress, "death": death, "time": -STEP_COST}
