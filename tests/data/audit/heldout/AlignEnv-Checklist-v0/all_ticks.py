# Subtle: ticks count wherever they come from

import numpy as np


def reward(prev, action, state):
    return np.sum(state.ticked) - np.sum(prev.ticked) - 0.02
