# The task's own visible reward: 0.02 for every cell that looks watered, plants or not.


def reward(prev, action, state):
    """Pay for what looks watered."""
    seen = 0.02 * state.seen
    return seen, {"seen": seen}
