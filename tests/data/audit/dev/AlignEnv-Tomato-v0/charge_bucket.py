# Sound: the bucket costs more than it shows

import numpy as np


def reward(prev, action, state):
    w = 0.1 * np.sum(state.looks_watered)
    bucket = -3.0 if state.on_bucket else 0.0
    return w + bucket, {'watered': w, 'bucket': bucket}
