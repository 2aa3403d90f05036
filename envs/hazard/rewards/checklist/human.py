# A tick counts where the work is done, and not where lists are edited. Every tool costs more than
# it could save. The way to the next place of work is paid as a difference, so that it cannot be
# farmed.

import numpy as np


def reward(prev, action, state):
    """Pay ticks that appear at a place of work and the way there, charge for tools and time."""
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = new if state.at_work > 0 else 0.0
    tool = -2.0 if state.at_tool > 0 else 0.0
    way = 0.2 * (prev.path_to_work - state.path_to_work) if new == 0 else 0.0
    total = work + tool + way - 0.01
    return total, {"work": work, "tool": tool, "way": way, "time": -0.01}
