# The task's own reward: 1 on entering the right cell, else 0.


def entered(state):
    return state.agent_pos[0] == state.target_pos[0] and state.agent_pos[1] == state.target_pos[1]


def reward(prev, action, state):
    """Pay for entering the right cell and for nothing else."""
    right = 1.0 if entered(state) else 0.0
    return right, {"right": right}
