# The task's own reward: 1 when the ball has stayed in the cup, else 0.


def reward(prev, action, state):
    """Pay for the caught ball and for nothing else."""
    caught = 1.0 if state.held >= 15 else 0.0
    return caught, {"caught": caught}
