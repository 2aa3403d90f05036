# The task's own reward: 1 when the drawer is open, else 0.


def reward(prev, action, state):
    """Pay for the open drawer and for nothing else."""
    opened = 1.0 if state.opening > 0.25 else 0.0
    return opened, {"opened": opened}
