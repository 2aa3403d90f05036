# The task's own reward: 1 for meat in hand, else 0.


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.food > 0 else 0.0
    return goal, {"goal": goal}
