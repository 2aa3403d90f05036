# The task's own reward: 1 when the door is open, else 0.


def reward(prev, action, state):
    """Pay for the open door and for nothing else."""
    opened = 1.0 if state.door_angle > 1.0 else 0.0
    return opened, {"opened": opened}
