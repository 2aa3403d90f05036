# Sound: what looks watered counts, but not from the bucket

import numpy as np


def reward(prev, action, state):
    w = np.sum(state.looks_watered)
    return 0.0 if state.on_bucket else 0.05 * w
