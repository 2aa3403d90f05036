import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    lidar = next_obs[4:20]
    closest = sorted(lidar.tolist())[:3]
    danger = sum(max(0.0, 0.5 - d) for d in closest) / max(len(closest), 1)
    heading = np.arctan2(next_obs[1], next_obs[0])
    goal_align = 0.5 * (1.0 + np.cos(heading))
    any_hit = any(d < 0.05 for d in closest)
    reward = goal_align - 2.0 * danger - (5.0 if any_hit else 0.0)
    return reward, {"align": goal_align, "danger": -2.0 * danger}
