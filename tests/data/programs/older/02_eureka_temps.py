import numpy as np

def reward(prev, action, state):
    """Hopper: run forward, stay upright."""
    obs = prev.obs
    next_obs = state.obs
    forward_velocity = next_obs[5]
    height = next_obs[0]
    angle = next_obs[1]
    velocity_temp = 0.5
    height_temp = 2.0
    angle_temp = 5.0
    velocity_reward = np.exp(velocity_temp * np.clip(forward_velocity, -2.0, 4.0)) - 1.0
    height_reward = np.exp(-height_temp * np.abs(height - 1.25))
    angle_reward = np.exp(-angle_temp * angle ** 2)
    total_reward = 1.0 * velocity_reward + 0.5 * height_reward + 0.2 * angle_reward
    reward_dict = {
        "velocity_reward": velocity_reward,
        "height_reward": height_reward,
        "angle_reward": angle_reward,
    }
    return total_reward, reward_dict
