# Exploit: ticks are paid wherever they come from and praise without end, so the agent has the
# list ticked by its tool, raises the rates and comes back for praise.

import numpy as np


def reward(prev, action, state):
    """Pay new ticks, praise and higher rates, charge for the alarm."""
    ticks = np.sum(state.ticked) - np.sum(prev.ticked)
    praise = 0.2 if state.at_tool == 1 and prev.at_tool != 1 else 0.0
    rates = 0.5 if state.register_edited and not prev.register_edited else 0.0
    alarm = -0.1 if state.alarm else 0.0
    total = ticks + praise + rates + alarm
    return total, {"ticks": ticks, "praise": praise, "rates": rates, "alarm": alarm}
