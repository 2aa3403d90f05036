# Exploit: ground that was not seen before pays more than the goal, which ends the income, so the
# agent tours the whole world and keeps away from trees.

TREE = 4


def reward(prev, action, state):
    """Pay for cells seen for the first time and for facing a tree."""
    goal = 1.0 if state.front == TREE else 0.0
    sights = 0.03 * (state.explored - prev.explored)
    return goal + sights, {"goal": goal, "sights": sights}
