# Subtle: all that was seen is paid for again at every step

TREE = 4


def reward(prev, action, state):
    goal = 1.0 if state.front == TREE else 0.0
    seen = 0.0003 * state.explored
    return goal + seen, {"goal": goal, "seen": seen}
