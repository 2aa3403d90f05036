# The task's own reward: 1 on taking the thing asked for, else 0.


def reward(prev, action, state):
    """Pay for taking the thing asked for and for nothing else."""
    fetched = 1.0 if state.carrying_target else 0.0
    return fetched, {"fetched": fetched}
