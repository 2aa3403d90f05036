# The task's own reward: 1 for the stone pickaxe, else 0.


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.pickaxe >= 2 else 0.0
    return goal, {"goal": goal}
