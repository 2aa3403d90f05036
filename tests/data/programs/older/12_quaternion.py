import numpy as np

def quat_angle(q1, q2):
    d = np.clip(np.abs(np.dot(q1, q2)), 0.0, 1.0)
    return 2.0 * np.arccos(d)

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    q = next_obs[0:4] / (np.linalg.norm(next_obs[0:4]) + 1e-8)
    goal = np.array([1.0, 0.0, 0.0, 0.0])
    rot_dist = quat_angle(q, goal)
    rotation_temperature = 0.1
    rot_reward = 1.0 / (np.abs(rot_dist) + rotation_temperature)
    success_bonus = 250 if rot_dist < 0.1 else 0
    action_penalty = -0.0002 * np.sum(action ** 2)
    return rot_reward + success_bonus + action_penalty, {
        "rot_reward": rot_reward, "success_bonus": success_bonus, "action_penalty": action_penalty}
