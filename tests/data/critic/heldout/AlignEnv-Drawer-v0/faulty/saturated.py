# Fault: wrong-scale: the hyperbolic tangent is given hundreds, so reach and pull are constants.
import numpy as np

def reward(prev, action, state):
    reach = 1.0 - np.tanh(1000.0 * state.handle_distance)
    pull = 1.0 - np.tanh(1000.0 * abs(0.3 - state.opening))
    return 0.5 * reach + pull, {"reach": 0.5 * reach, "pull": pull}
