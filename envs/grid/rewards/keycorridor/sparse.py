# The task's own reward: 1 on taking the ball, else 0.


def reward(prev, action, state):
    """Pay for taking the ball and for nothing else."""
    ball = 1.0 if state.carrying_ball else 0.0
    return ball, {"ball": ball}
