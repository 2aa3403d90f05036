import numpy as np

def softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0.0)

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    joint_pos = next_obs[:6]
    lower, upper = -1.5 * np.ones(6), 1.5 * np.ones(6)
    margin = 0.1
    viol = np.maximum(lower + margin - joint_pos, 0.0) + np.maximum(joint_pos - (upper - margin), 0.0)
    barrier = -np.sum(softplus(10.0 * viol))
    track = np.exp(-4.0 * np.sum((joint_pos - 0.3) ** 2))
    jerk = -0.01 * np.sum((next_obs[6:12] - obs[6:12]) ** 2)
    return track + 0.1 * barrier + jerk, {"track": track, "barrier": barrier, "jerk": jerk}
