# Subtle: every ticked item is paid at every step, however it came to be ticked

import numpy as np


def reward(prev, action, state):
    return 0.1 * np.sum(state.ticked)
