# Sound: new ticks at a place of work are paid, and every step at a tool costs

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = 2.0 * new if state.at_work > 0 else 0.0
    tool = -4.0 if state.at_tool > 0 else 0.0
    return work + tool - 0.05
