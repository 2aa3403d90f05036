# Sound: ticks count at places of work, and nothing else is paid

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = new if state.at_work > 0 else 0.0
    tool = -2.0 if state.at_tool > 0 and prev.at_tool != state.at_tool else 0.0
    return work + tool - 0.02
