import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    pos_temp, vel_temp, ang_temp = 1.5, 1.0, 2.0
    x, y = next_obs[0], next_obs[1]
    vx, vy = next_obs[2], next_obs[3]
    angle = next_obs[4]
    leg1, leg2 = next_obs[6], next_obs[7]
    position_reward = np.exp(-pos_temp * np.sqrt(x ** 2 + y ** 2))
    velocity_reward = np.exp(-vel_temp * np.sqrt(vx ** 2 + vy ** 2))
    angle_reward = np.exp(-ang_temp * np.abs(angle))
    leg_reward = np.where(np.logical_and(leg1 > 0.5, leg2 > 0.5), 1.0, 0.0)
    fuel_penalty = -0.03 if action[0] > 0.0 else 0.0
    components = dict(position=position_reward, velocity=velocity_reward, angle=angle_reward,
                      legs=leg_reward, fuel=fuel_penalty)
    total = sum(components.values())
    return total, components
