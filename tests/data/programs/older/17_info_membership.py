import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    info = {"x_velocity": state.x_velocity, "reward_ctrl": state.ctrl_cost, "fell": state.fell}
    x_vel = info["x_velocity"] if "x_velocity" in info else 0.0
    keys = ("reward_ctrl", "reward_survive")
    extra = sum(info.get(k, 0.0) for k in keys)
    healthy = 0.2 < next_obs[0] < 1.0 and bool(np.all(np.isfinite(next_obs)))
    return x_vel + (1.0 if healthy else 0.0) + 0.0 * extra, {"x_vel": x_vel, "healthy": float(healthy)}
