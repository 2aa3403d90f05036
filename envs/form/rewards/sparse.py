# The task's own reward: 1 for submitting the form with everything right, else 0.


def reward(prev, action, state):
    """Pay for the finished form and for nothing else."""
    is_filled = state.n_right == state.n_elements and state.n_spoiled == 0
    done = 1.0 if state.submitted and is_filled else 0.0
    return done, {"done": done}
