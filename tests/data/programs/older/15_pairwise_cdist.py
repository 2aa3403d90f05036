import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    tips = next_obs[0:6].reshape(2, 3)
    cloud = next_obs[6:18].reshape(-1, 3)
    dists = np.linalg.norm(tips[:, None, :] - cloud[None, :, :], axis=-1)
    nearest = dists.min(axis=1)
    dist_ee_to_handle = nearest.mean()
    log_dist = np.log(dist_ee_to_handle + 1e-5)
    reward = -dist_ee_to_handle - np.clip(log_dist, -10, 0)
    reward -= 1e-6 * np.linalg.norm(action)
    return reward
