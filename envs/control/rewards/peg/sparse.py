# The task's own reward: 1 when the peg is in the slot, else 0.


def reward(prev, action, state):
    """Pay for the inserted peg and for nothing else."""
    inserted = 1.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    return inserted, {"inserted": inserted}
