# Subtle: a tool costs less than the way that it saves

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    tool = -0.01 if state.at_tool > 0 else 0.0
    return new + tool - 0.05
