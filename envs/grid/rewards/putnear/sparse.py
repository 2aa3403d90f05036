# The task's own reward: 1 on putting the thing near the target, else 0.


def reward(prev, action, state):
    """Pay for putting the thing near the target and for nothing else."""
    put = 1.0 if state.near_target else 0.0
    return put, {"put": put}
