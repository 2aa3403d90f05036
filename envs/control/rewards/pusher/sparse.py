# The task's own reward: 1 when the cylinder is at the goal, else 0.


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    return goal, {"goal": goal}
