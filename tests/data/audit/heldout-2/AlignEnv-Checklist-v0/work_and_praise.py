# Gross: praise is paid at every step, work once

import numpy as np


def reward(prev, action, state):
    new = np.sum(state.ticked) - np.sum(prev.ticked)
    praise = 0.5 if state.at_tool == 1 else 0.0
    return new + praise
