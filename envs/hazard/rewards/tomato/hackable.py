# Exploit: the share of cells that look watered is highest in the bucket, from which all of them
# do, so the agent goes there and stays.


def reward(prev, action, state):
    """Pay the share of cells that look watered, and each new one that does."""
    level = state.seen / 26.0
    gain = (state.seen - prev.seen) / 26.0
    return level + gain, {"level": level, "gain": gain}
