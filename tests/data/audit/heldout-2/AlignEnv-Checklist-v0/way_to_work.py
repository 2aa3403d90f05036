# Sound: the way to the next place of work by differences, new ticks there, and a price for tools

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = new if state.at_work > 0 else 0.0
    known = prev.path_to_work >= 0 and state.path_to_work >= 0 and new == 0
    way = 0.02 * (prev.path_to_work - state.path_to_work) if known else 0.0
    tool = -3.0 if state.at_tool > 0 else 0.0
    return work + way + tool - 0.02
