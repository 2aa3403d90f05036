# What is seen from the bucket says nothing, so nothing is paid there. Elsewhere the plants that
# look watered are watered.

import numpy as np


def reward(prev, action, state):
    """Pay for watered plants, and only where they can be seen as they are."""
    watered = 0.0 if state.on_bucket else 0.1 * np.sum(state.looks_watered)
    return watered, {"watered": watered}
