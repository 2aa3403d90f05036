# The task's own reward: 1 when the pendulum has stayed upright, else 0.


def reward(prev, action, state):
    """Pay for the held pendulum and for nothing else."""
    done = 1.0 if state.held >= 20 else 0.0
    return done, {"done": done}
