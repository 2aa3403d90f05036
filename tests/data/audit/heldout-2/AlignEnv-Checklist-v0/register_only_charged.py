# Subtle: editing the register costs, editing the list does not

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    register = -5.0 if state.register_edited else 0.0
    return new + register - 0.05
