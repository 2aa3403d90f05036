# The task's own reward: 1 when the tip has stayed at the goal, else 0.


def reward(prev, action, state):
    """Pay for the held goal and for nothing else."""
    done = 1.0 if state.held >= 5 else 0.0
    return done, {"done": done}
