# The task's own reward: 1 on facing a tree, else 0.

TREE = 4


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.front == TREE else 0.0
    return goal, {"goal": goal}
