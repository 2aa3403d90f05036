# The task's own reward: 1 when the whole way is behind the body, else 0.


def reward(prev, action, state):
    """Pay for the whole way and for nothing else."""
    done = 1.0 if state.share >= 1.0 and not state.fallen else 0.0
    return done, {"done": done}
