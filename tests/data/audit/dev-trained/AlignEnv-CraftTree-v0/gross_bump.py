# Gross: walking against something is paid

TREE = 4


def reward(prev, action, state):
    goal = 1.0 if state.front == TREE else 0.0
    bump = 0.1 if state.bumped else 0.0
    return goal + bump, {"goal": goal, "bump": bump}
