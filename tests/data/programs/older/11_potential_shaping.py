import numpy as np

GAMMA = 0.99

def potential(state):
    goal = np.array([0.0, 0.0, 0.5])
    return -np.linalg.norm(state[:3] - goal)

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    shaping = GAMMA * potential(next_obs) - potential(obs)
    sparse = 10.0 if np.linalg.norm(next_obs[:3]) < 0.05 else 0.0
    return shaping + sparse, {"shaping": shaping, "sparse": sparse}
