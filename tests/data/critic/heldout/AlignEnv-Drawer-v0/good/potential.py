# Good: a potential of reach, hold and opening.
import numpy as np

def potential(state):
    hold = 0.2 if state.holding else 0.0
    return 6.0 * np.clip(state.opening, 0.0, 0.3) - 0.5 * np.linalg.norm(state.to_handle) + hold
