# The task's own reward: 1 on opening the red door and then the blue one, else 0.


def reward(prev, action, state):
    """Pay for opening the red door and then the blue one and for nothing else."""
    both = 1.0 if state.red_open and state.blue_open else 0.0
    return both, {"both": both}
