# The task's own reward: 1 on taking the box, else 0.


def reward(prev, action, state):
    """Pay for taking the box and for nothing else."""
    box = 1.0 if state.carrying_box else 0.0
    return box, {"box": box}
