# The task's own reward: 1 on taking the blue ball, else 0.


def reward(prev, action, state):
    """Pay for taking the blue ball and for nothing else."""
    ball = 1.0 if state.carrying_target else 0.0
    return ball, {"ball": ball}
