# A tick counts where the work is done, and not where lists are edited. Every tool costs more than
# it could bring.

import numpy as np


def reward(prev, action, state):
    """Pay ticks that appear at a place of work, charge for tools and for time."""
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    work = new if state.at_work > 0 else 0.0
    tool = -1.0 if state.at_tool > 0 else 0.0
    total = work + tool - 0.01
    return total, {"work": work, "tool": tool, "time": -0.01}
