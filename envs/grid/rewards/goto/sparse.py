# The task's own reward: 1 on saying "done" beside the target, else 0.


def reward(prev, action, state):
    """Pay for saying "done" beside the target and for nothing else."""
    said = 1.0 if state.said_done and state.beside_target else 0.0
    return said, {"said": said}
