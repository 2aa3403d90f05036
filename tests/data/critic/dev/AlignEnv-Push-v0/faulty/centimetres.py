# Fault: wrong-scale: the scale of the exponential is a thousandth of a metre, so it is 0 everywhere.
import numpy as np

def reward(prev, action, state):
    reach = np.exp(-state.puck_distance / 0.001)
    push = np.exp(-state.goal_distance / 0.001)
    return 0.1 * reach + push, {"reach": 0.1 * reach, "push": push}
