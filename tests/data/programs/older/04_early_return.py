import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    info = {"x_velocity": state.x_velocity, "reward_ctrl": state.ctrl_cost, "fell": state.fell}
    if info.get("fell", False):
        return -100.0, {"fell": -100.0}
    if abs(next_obs[0]) > 2.4 or abs(next_obs[2]) > 12 * 2 * np.pi / 360:
        return -10.0, {"terminal": -10.0}
    x, x_dot, theta, theta_dot = next_obs[0], next_obs[1], next_obs[2], next_obs[3]
    r = 1.0 - 0.1 * abs(x) - 0.5 * abs(theta) - 0.01 * abs(theta_dot)
    return r, {"alive": 1.0, "x_pen": -0.1 * abs(x)}
