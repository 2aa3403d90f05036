import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    ee = next_obs[0:3]
    obj = next_obs[3:6]
    goal = next_obs[6:9]
    gripper_open = next_obs[9]

    reach_dist = np.linalg.norm(ee - obj)
    place_dist = np.linalg.norm(obj - goal)
    reward = 0.0

    # stage 1: reach
    reach_reward = 1 - np.tanh(5.0 * reach_dist)
    reward += reach_reward
    # stage 2: grasp
    grasped = reach_dist < 0.02 and gripper_open < 0.04
    if grasped:
        reward += 1.0
        # stage 3: place
        place_reward = 1 - np.tanh(5.0 * place_dist)
        reward += 2.0 * place_reward
    else:
        place_reward = 0.0
    if place_dist < 0.05:
        reward += 5.0
    reward -= 0.01 * np.linalg.norm(action)
    return reward, {"reach": reach_reward, "grasped": float(grasped), "place": place_reward}
