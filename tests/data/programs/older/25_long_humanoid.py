import numpy as np

def reward(prev, action, state):
    """Humanoid get-up and walk.

    All terms are normalised to about [0, 1].
    """
    obs = prev.obs
    next_obs = state.obs
    # --- weights -----------------------------------------------------------
    w_height, w_upright, w_vel, w_feet, w_ctrl, w_smooth = 1.0, 0.8, 1.2, 0.2, 0.05, 0.02
    # --- temperatures ------------------------------------------------------
    height_temp: float = 3.0
    vel_temp: float = 1.5
    # --- state -------------------------------------------------------------
    height = next_obs[0]
    quat = next_obs[1:5]
    lin_vel = next_obs[5:8]
    ang_vel = next_obs[8:11]
    left_foot, right_foot = next_obs[11:14], next_obs[14:17]
    # --- terms -------------------------------------------------------------
    height_reward = np.exp(-height_temp * np.maximum(1.3 - height, 0.0) ** 2)
    up = 1.0 - 2.0 * (quat[1] ** 2 + quat[2] ** 2)
    upright_reward = np.clip((up + 1.0) / 2.0, 0.0, 1.0)
    target_speed = 1.0
    vel_reward = np.exp(-vel_temp * (lin_vel[0] - target_speed) ** 2)
    feet_gap = np.linalg.norm(left_foot[:2] - right_foot[:2])
    feet_reward = np.interp(feet_gap, [0.0, 0.2, 0.6, 1.5], [0.0, 1.0, 1.0, 0.0])
    ctrl_cost = np.mean(np.square(action))
    smooth_cost = np.mean(np.square(next_obs[5:11] - obs[5:11]))
    spin_cost = np.sum(np.abs(ang_vel)) / 10.0
    gate = 1.0 if height > 0.8 else 0.2
    total_reward = (
        w_height * height_reward
        + w_upright * upright_reward
        + gate * w_vel * vel_reward
        + gate * w_feet * feet_reward
        - w_ctrl * ctrl_cost
        - w_smooth * smooth_cost
        - 0.05 * spin_cost
    )
    components = {
        "height": w_height * height_reward,
        "upright": w_upright * upright_reward,
        "velocity": gate * w_vel * vel_reward,
        "feet": gate * w_feet * feet_reward,
        "ctrl": -w_ctrl * ctrl_cost,
        "smooth": -w_smooth * smooth_cost,
        "spin": -0.05 * spin_cost,
    }
    return total_reward, components
