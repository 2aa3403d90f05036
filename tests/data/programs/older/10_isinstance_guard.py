import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    if isinstance(action, (int, np.integer)):
        effort = 0.0 if action == 0 else 1.0
    else:
        effort = float(np.linalg.norm(action))
    position = next_obs[0]
    velocity = next_obs[1]
    goal = 0.45
    progress = max(0.0, position + 0.5)
    energy = 100.0 * velocity * velocity
    bonus = 100.0 if position >= goal else 0.0
    return progress + energy + bonus - 0.1 * effort
