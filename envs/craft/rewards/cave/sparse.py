# The task's own reward: 1 for a diamond in hand, else 0.


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.diamond > 0 else 0.0
    return goal, {"goal": goal}
