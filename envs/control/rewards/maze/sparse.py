# The task's own reward: 1 when the ball is at the goal, else 0.


def reward(prev, action, state):
    """Pay for the goal and for nothing else."""
    goal = 1.0 if state.straight_distance < 0.08 else 0.0
    return goal, {"goal": goal}
