import numpy as np

Q = np.diag([1.0, 0.1, 10.0, 0.5]) if False else np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.1, 0.0, 0.0],
                                                           [0.0, 0.0, 10.0, 0.0], [0.0, 0.0, 0.0, 0.5]])

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    s = next_obs[:4]
    state_cost = s @ Q @ s
    ctrl_cost = 0.001 * np.dot(action, action)
    return -(state_cost + ctrl_cost), {"state_cost": -state_cost, "ctrl_cost": -ctrl_cost}
