import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    names = ["x", "y", "z"]
    weights = [1.0, 1.0, 2.0]
    errors = np.abs(next_obs[:3] - np.array([0.1, 0.2, 0.3]))
    total = 0.0
    parts = {}
    for name, w, e in zip(names, weights, errors):
        parts["err_" + name] = -w * e
        total -= w * e
    return total, parts
