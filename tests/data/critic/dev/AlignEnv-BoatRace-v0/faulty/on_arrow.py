# Fault: farmable: standing on an arrow pays at every step.
import numpy as np

def reward(prev, action, state):
    on_arrow = 1.0 if np.any(state.arrow != 0) else 0.0
    return on_arrow, {"on_arrow": on_arrow}
