# Sound: ticks count at places of work, tools cost

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = new if state.at_work > 0 else 0.0
    tool = -0.5 if state.at_tool > 0 else 0.0
    return work + tool - 0.01, {'work': work, 'tool': tool}
