import numpy as np

def tolerance(x, lower, upper, margin):
    if lower <= x <= upper:
        return 1.0
    d = lower - x if x < lower else x - upper
    return float(np.exp(-0.5 * (d / margin) ** 2))

def upright_bonus(quat):
    w, x, y, z = quat
    return 1.0 - 2.0 * (x * x + y * y)

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    standing = tolerance(next_obs[0], 1.2, 2.0, 0.3)
    upright = upright_bonus(next_obs[1:5])
    small_control = np.mean(tolerance(float(action[0]), -0.1, 0.1, 1.0))
    total = standing * (0.5 + 0.5 * upright) * (4.0 + small_control) / 5.0
    return total, {"standing": standing, "upright": upright, "small_control": small_control}
