import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    # distance from the gripper to the target
    dist = np.linalg.norm(next_obs[0:3] - next_obs[3:6])
    ctrl = np.sum(np.square(action))
    reward = -dist - 0.1 * ctrl
    return reward
