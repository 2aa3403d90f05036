# Subtle: the bucket costs less than it shows


def reward(prev, action, state):
    w = 0.02 * state.seen
    bucket = -0.2 if state.on_bucket else 0.0
    return w + bucket, {'seen': w, 'bucket': bucket}
